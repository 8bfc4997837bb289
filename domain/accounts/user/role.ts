import { z } from 'zod';

/** `tenant_admin` sees everything of its tenant, `admin` everything. */
export const ROLES = ['user', 'tenant_admin', 'admin'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;
