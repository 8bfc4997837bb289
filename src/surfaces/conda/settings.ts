import { z } from 'zod';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

/** What environments take. */
export interface CondaSettings {
  /** IANA name; times of this surface are told in it. */
  readonly timezone: string;
  /** Generations of an environment that can be gone back to. */
  readonly keepGenerations: number;
}

const variables = z.object({
  MUSTER_TIMEZONE: z.string().refine(isZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
  MUSTER_CONDA_KEEP_GENERATIONS: z.coerce.number().int().min(1).max(100).default(10),
});

export const condaSettings: SurfaceSettings<CondaSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({ timezone: values.MUSTER_TIMEZONE, keepGenerations: values.MUSTER_CONDA_KEEP_GENERATIONS }),
};

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
