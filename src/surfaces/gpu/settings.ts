import type { z } from 'zod';
import { ROLES, type Role } from '#domain/user/index.js';

export const DEFAULT_GPU_QUOTA = 'user=2,tenant_admin=8,admin=unlimited';

/** GPUs that an account of each role may hold at once; undefined: as many as it likes. */
export type GpuQuota = Readonly<Record<Role, number | undefined>>;

/** What claims of GPUs take. */
export interface GpuSettings {
  readonly quota: GpuQuota;
  /** Of each GPU. */
  readonly cpu: number;
  /** MiB, of each GPU. */
  readonly memory: number;
}

/** `role=number` or `role=unlimited`, separated by commas. */
export function checkGpuQuota(text: string, context: z.RefinementCtx): void {
  for (const entry of entriesOf(text)) {
    const [role = '', amount = ''] = entry;
    if (!(ROLES as readonly string[]).includes(role)) context.addIssue({ code: 'custom', message: `${role} names no role; there are ${ROLES.join(', ')}` });
    else if (!/^(\d{1,9}|unlimited)$/.test(amount)) context.addIssue({ code: 'custom', message: `${role}: must be a whole number or unlimited` });
  }
}

/** Of a text that passes {@link checkGpuQuota}. A role that it does not name has its default. */
export function gpuQuotaOf(text: string): GpuQuota {
  const amounts = new Map([...entriesOf(DEFAULT_GPU_QUOTA), ...entriesOf(text)]);
  const of = (role: Role): number | undefined => (amounts.get(role) === 'unlimited' ? undefined : Number(amounts.get(role)));
  return { user: of('user'), tenant_admin: of('tenant_admin'), admin: of('admin') };
}

function entriesOf(text: string): [string, string][] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]);
}
