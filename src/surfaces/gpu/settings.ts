import { z } from 'zod';
import type { Role } from '#domain/accounts/user/role.js';
import { section, setting } from '#domain/kernel/settings/section.js';

const CLAIMING_ROLES: readonly string[] = ['user', 'tenant_admin', 'admin'] satisfies Role[];
const DEFAULT_GPU_QUOTA = 'user=2,tenant_admin=8,admin=unlimited';

export type GpuQuota = Readonly<Record<Role, number | undefined>>;

export interface GpuSettings {
  readonly quota: GpuQuota;
  readonly cpu: number;
  readonly memory: number;
}

const amount = z.coerce.number().int().min(0).max(1_000_000);

export const gpuSettings = section(
  {
    quota: setting(
      'MUSTER_GPU_QUOTA',
      z.string().superRefine(checkGpuQuota).default(DEFAULT_GPU_QUOTA),
      'number of GPUs that an account of each role may hold at a time, including pending claims, or `unlimited`',
    ),
    cpu: setting('MUSTER_GPU_CLAIM_CPU', amount.default(500), '`cpu` reserved for each GPU of a claim'),
    memory: setting(
      'MUSTER_GPU_CLAIM_MEMORY',
      amount.default(1024),
      'memory (MiB) reserved for each GPU of a claim',
    ),
  },
  (given): GpuSettings => ({ ...given, quota: gpuQuotaOf(given.quota) }),
);

function checkGpuQuota(text: string, context: z.RefinementCtx): void {
  for (const entry of entriesOf(text)) {
    const [role = '', amount = ''] = entry;
    if (!CLAIMING_ROLES.includes(role))
      context.addIssue({
        code: 'custom',
        message: `${role} is not a role that can claim GPUs: must be one of ${CLAIMING_ROLES.join(', ')}`,
      });
    else if (!/^(\d{1,9}|unlimited)$/.test(amount))
      context.addIssue({ code: 'custom', message: `${role}: must be a whole number or unlimited` });
  }
}

function gpuQuotaOf(text: string): GpuQuota {
  const amounts = new Map([...entriesOf(DEFAULT_GPU_QUOTA), ...entriesOf(text)]);
  const of = (role: Role): number | undefined =>
    amounts.get(role) === 'unlimited' ? undefined : Number(amounts.get(role));
  return { user: of('user'), tenant_admin: of('tenant_admin'), auditor: 0, admin: of('admin') };
}

function entriesOf(text: string): [string, string][] {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]);
}
