import { z } from 'zod';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';

const uuid = z.guid();
const tenants = new UuidNamespace('8d0c86d5-5c0f-4a4e-9f43-3c1f0a6f5be1');

/** Returns the tenant's id if it is a UUID, or else a UUID derived from it, because the contract requires one. */
export function tenantUuid(tenantId: string): string {
  return uuid.safeParse(tenantId).success ? tenantId : tenants.of(tenantId);
}
