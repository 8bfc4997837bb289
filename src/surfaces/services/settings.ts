import { z } from 'zod';
import type { SurfaceSettings } from '#src/surfaces/kit/index.js';

export interface ServicesSettings {
  readonly maxPerTenant: number;
  /** How long to wait for a silent node before giving up the removal of its volume. */
  readonly volumeTimeoutMs: number;
}

const variables = z.object({
  MUSTER_MAX_SERVICES_PER_TENANT: z.coerce.number().int().min(1).max(10_000).default(50),
  MUSTER_VOLUME_PATIENCE_HOURS: z.coerce.number().int().min(1).max(8760).default(24),
});

const HOUR_MS = 3_600_000;

export const servicesSettings: SurfaceSettings<ServicesSettings> = {
  variables,
  of: (values: z.infer<typeof variables>) => ({
    maxPerTenant: values.MUSTER_MAX_SERVICES_PER_TENANT,
    volumeTimeoutMs: values.MUSTER_VOLUME_PATIENCE_HOURS * HOUR_MS,
  }),
};
