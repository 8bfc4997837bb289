import type { z } from 'zod';
import type { ApiKey } from '#domain/accounts/user/index.js';
import type { OpenedUser } from '#src/accounts/index.js';
import type { apiKeyView, userView } from './contract.js';

export function viewUser(user: OpenedUser): z.input<typeof userView> {
  return {
    id: user.userId,
    user_id: user.number,
    username: user.username,
    email: user.email,
    full_name: user.fullName,
    role: user.role,
    tenant_id: user.tenantId,
    active: user.active,
    erased: user.erased,
    execute: user.execute,
    created_at: user.createdAt / 1000,
    updated_at: user.updatedAt / 1000,
  };
}

export function viewApiKey(key: ApiKey, name: string): z.input<typeof apiKeyView> {
  return {
    id: key.keyId,
    name,
    scopes: [...key.scopes],
    created_at: key.issuedAt / 1000,
    expires_at: key.expiresAt === undefined ? null : key.expiresAt / 1000,
  };
}
