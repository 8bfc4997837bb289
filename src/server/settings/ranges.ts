import { z } from 'zod';
import { DEFAULT_DISK_LIMITS, type DiskLimits } from '#agents/drivers/disk-watch.js';
import { DEFAULT_PORT_RANGE } from '#domain/scheduling/capacity/port-range.js';
import { flag } from './flag.js';

export const portRange = z
  .string()
  .regex(
    /^\d{1,5}-\d{1,5}$/,
    `must be a range of ports such as ${DEFAULT_PORT_RANGE.first}-${DEFAULT_PORT_RANGE.last}`,
  )
  .transform((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return { first, last };
  })
  .refine(
    ({ first, last }) => first >= 1024 && first <= last && last <= 65_535,
    'must go from a port of at least 1024 to one that is not smaller, at most 65535',
  );

export const uidRange = z
  .string()
  .regex(/^\d{1,10}-\d{1,10}$/, 'must be a range of user numbers such as 200000-265535')
  .transform((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return { first, last };
  })
  .refine(
    ({ first, last }) => first > 0 && first <= last && last < 4_294_967_295,
    'must go from a number above 0 to one that is not smaller',
  );

export const taskVariables = {
  MUSTER_TASK_UIDS: uidRange.optional(),
  MUSTER_TENANTS_SHARE_AGENT_USER: flag.default(false),
  MUSTER_TENANTS_SHARE_TMP: flag.default(false),
  MUSTER_TENANTS_REACH_OPEN_STORES: flag.default(false),
  MUSTER_TASKS_OUTLIVE_AGENT: z.enum(['auto', 'true', 'false']).default('auto'),
  MUSTER_TASK_DISK_MIB: z.coerce.number().int().min(1).max(1_073_741_824).optional(),
  MUSTER_VOLUME_DISK_MIB: z.coerce.number().int().min(1).max(1_073_741_824).optional(),
  MUSTER_TASK_FILES: z.coerce.number().int().min(100).max(4_294_967_295).optional(),
  MUSTER_TASK_PROCESSES: z.coerce.number().int().min(8).max(4_194_304).optional(),
};

const MEBIBYTE = 1_048_576;

/** Maximum size of a tenant's named volume; undefined: the agent's default. */
export function volumeBytes({
  MUSTER_VOLUME_DISK_MIB: mebibytes,
}: z.output<z.ZodObject<typeof taskVariables>>): number | undefined {
  return mebibytes === undefined ? undefined : mebibytes * MEBIBYTE;
}

export function diskLimits({
  MUSTER_TASK_DISK_MIB: mebibytes,
  MUSTER_TASK_FILES: files,
}: z.output<z.ZodObject<typeof taskVariables>>): DiskLimits {
  return {
    bytes: mebibytes === undefined ? DEFAULT_DISK_LIMITS.bytes : mebibytes * MEBIBYTE,
    files: files ?? DEFAULT_DISK_LIMITS.files,
  };
}
