import { z } from 'zod';
import { UuidNamespace } from '#domain/name-uuid.js';

const uuid = z.guid();
const tenants = new UuidNamespace('8d0c86d5-5c0f-4a4e-9f43-3c1f0a6f5be1');

/** A tenant as the contract shows it: its id where that is a UUID, else a UUID that is always the same for it. */
export function tenantUuid(tenantId: string): string {
  return uuid.safeParse(tenantId).success ? tenantId : tenants.of(tenantId);
}
