import { z } from 'zod';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

/** What services take. */
export interface ServicesSettings {
  /** Services that one tenant may have at once. */
  readonly maxPerTenant: number;
}

const variables = z.object({ MUSTER_MAX_SERVICES_PER_TENANT: z.coerce.number().int().min(1).max(10_000).default(50) });

export const servicesSettings: SurfaceSettings<ServicesSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({ maxPerTenant: values.MUSTER_MAX_SERVICES_PER_TENANT }),
};
