import { z } from 'zod';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

/** What environments take. */
export interface CondaSettings {
  /** IANA name; times of this surface are told in it. */
  readonly timezone: string;
  /** Generations of an environment that can be gone back to. */
  readonly keepGenerations: number;
  /** Folders of nodes whose files tasks may name as their script; none: only its text is taken. */
  readonly scriptRoots: readonly string[];
  /** Bytes that the environments of one tenant may have; absent: no bound. */
  readonly tenantBytes?: number;
}

const GIGABYTE = 1e9;

const variables = z.object({
  MUSTER_TIMEZONE: z.string().refine(isZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
  MUSTER_CONDA_KEEP_GENERATIONS: z.coerce.number().int().min(1).max(100).default(10),
  MUSTER_SCRIPT_ROOTS: z
    .string()
    .transform((list) => list.split(':').filter((each) => each !== ''))
    .refine((roots) => roots.every((root) => root.startsWith('/')), 'must be absolute paths, separated by colons')
    .optional(),
  MUSTER_CONDA_TENANT_GB: z.coerce.number().positive().optional(),
});

export const condaSettings: SurfaceSettings<CondaSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({
    timezone: values.MUSTER_TIMEZONE,
    keepGenerations: values.MUSTER_CONDA_KEEP_GENERATIONS,
    scriptRoots: values.MUSTER_SCRIPT_ROOTS ?? [],
    ...(values.MUSTER_CONDA_TENANT_GB !== undefined && { tenantBytes: values.MUSTER_CONDA_TENANT_GB * GIGABYTE }),
  }),
};

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
