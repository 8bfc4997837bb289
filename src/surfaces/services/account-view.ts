import type { z } from 'zod';
import { wireTime } from '#src/http/index.js';
import type { OpenedUser } from '#src/accounts/index.js';
import type { userView } from './contract/accounts.js';
import { tenantUuid } from './tenant-uuid.js';

export function viewUser(user: OpenedUser): z.input<typeof userView> {
  return {
    id: user.userId,
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    role: user.role,
    is_active: user.active,
    tenant_id: tenantUuid(user.tenantId),
    created_at: wireTime(user.createdAt),
    updated_at: wireTime(user.updatedAt),
  };
}
