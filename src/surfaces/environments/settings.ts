import { z } from 'zod';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

export interface CondaSettings {
  readonly timezone: string;
  readonly keepGenerations: number;
  /** Folders of nodes with scripts that tasks may name. Empty: only script texts are accepted. */
  readonly scriptRoots: readonly string[];
  readonly tenantBytes?: number;
}

const GIGABYTE = 1e9;

const variables = z.object({
  MUSTER_TIMEZONE: z.string().refine(isZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
  MUSTER_CONDA_KEEP_GENERATIONS: z.coerce.number().int().min(1).max(100).default(10),
  MUSTER_SCRIPT_ROOTS: z
    .string()
    .transform((list) => list.split(':').filter((each) => each !== ''))
    .refine(
      (roots) => roots.every((root) => root.startsWith('/')),
      'must be absolute paths, separated by colons',
    )
    .optional(),
  MUSTER_CONDA_TENANT_GB: z.coerce.number().positive().optional(),
});

export const condaSettings: SurfaceSettings<CondaSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({
    timezone: values.MUSTER_TIMEZONE,
    keepGenerations: values.MUSTER_CONDA_KEEP_GENERATIONS,
    scriptRoots: values.MUSTER_SCRIPT_ROOTS ?? [],
    ...(values.MUSTER_CONDA_TENANT_GB !== undefined && {
      tenantBytes: values.MUSTER_CONDA_TENANT_GB * GIGABYTE,
    }),
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
