import { z } from 'zod';
import { ROLES, type Role } from '#domain/accounts/user/role.js';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

const DEFAULT_GPU_QUOTA = 'user=2,tenant_admin=8,admin=unlimited';

export type GpuQuota = Readonly<Record<Role, number | undefined>>;

export interface GpuSettings {
  readonly quota: GpuQuota;
  readonly cpu: number;
  readonly memory: number;
}

const variables = z.object({
  MUSTER_GPU_QUOTA: z.string().superRefine(checkGpuQuota).default(DEFAULT_GPU_QUOTA),
  MUSTER_GPU_CLAIM_CPU: z.coerce.number().int().min(0).max(1_000_000).default(500),
  MUSTER_GPU_CLAIM_MEMORY: z.coerce.number().int().min(0).max(1_000_000).default(1024),
});

export const gpuSettings: SurfaceSettings<GpuSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({
    quota: gpuQuotaOf(values.MUSTER_GPU_QUOTA),
    cpu: values.MUSTER_GPU_CLAIM_CPU,
    memory: values.MUSTER_GPU_CLAIM_MEMORY,
  }),
};

function checkGpuQuota(text: string, context: z.RefinementCtx): void {
  for (const entry of entriesOf(text)) {
    const [role = '', amount = ''] = entry;
    if (!(ROLES as readonly string[]).includes(role))
      context.addIssue({ code: 'custom', message: `${role} names no role; there are ${ROLES.join(', ')}` });
    else if (!/^(\d{1,9}|unlimited)$/.test(amount))
      context.addIssue({ code: 'custom', message: `${role}: must be a whole number or unlimited` });
  }
}

function gpuQuotaOf(text: string): GpuQuota {
  const amounts = new Map([...entriesOf(DEFAULT_GPU_QUOTA), ...entriesOf(text)]);
  const of = (role: Role): number | undefined =>
    amounts.get(role) === 'unlimited' ? undefined : Number(amounts.get(role));
  return { user: of('user'), tenant_admin: of('tenant_admin'), admin: of('admin') };
}

function entriesOf(text: string): [string, string][] {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]);
}
