import { z } from 'zod';
import { isZoneName, ZONE_PROBLEM } from '#domain/tasks/schedule/index.js';
import { section, setting } from '#domain/kernel/settings/section.js';

export interface CondaSettings {
  readonly timezone: string;
  readonly keepGenerations: number;
  readonly scriptRoots: readonly string[];
  readonly tenantBytes?: number;
}

const GIGABYTE = 1e9;

const scriptRoots = z
  .string()
  .transform((list) => list.split(':').filter((each) => each !== ''))
  .refine(
    (roots) => roots.every((root) => root.startsWith('/')),
    'must be absolute paths, separated by colons',
  );

export const condaSettings = section(
  {
    timezone: setting(
      'MUSTER_TIMEZONE',
      z.string().refine(isZoneName, ZONE_PROBLEM).default('UTC'),
      'time zone for times in the conda API',
    ),
    keepGenerations: setting(
      'MUSTER_CONDA_KEEP_GENERATIONS',
      z.coerce.number().int().min(1).max(100).default(10),
      'number of generations kept per environment for rollbacks, 1 to 100',
    ),
    scriptRoots: setting(
      'MUSTER_SCRIPT_ROOTS',
      scriptRoots.optional(),
      'colon-separated directories on nodes whose files [conda tasks](flows/environment-tasks.md) may use as scripts',
      { unset: 'unset: the code itself is sent' },
    ),
    tenantGigabytes: setting(
      'MUSTER_CONDA_TENANT_GB',
      z.coerce.number().positive().optional(),
      "maximum size of a tenant's environments, in 10^9 bytes. Once it is reached, no build starts, and a build that would exceed it fails (`step: no_room`). Identical generations count only once",
      { unset: 'unset: no limit' },
    ),
  },
  ({ tenantGigabytes, ...given }): CondaSettings => ({
    ...given,
    scriptRoots: given.scriptRoots ?? [],
    ...(tenantGigabytes !== undefined && { tenantBytes: tenantGigabytes * GIGABYTE }),
  }),
);
