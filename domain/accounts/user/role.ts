import { z } from 'zod';

export const ROLES = ['user', 'tenant_admin', 'auditor', 'admin'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;

export function seesAll(each: Role): boolean {
  return each === 'admin' || each === 'auditor';
}
