import { z } from 'zod';
import { section, setting } from '#domain/kernel/settings/section.js';

export interface ServicesSettings {
  readonly maxPerTenant: number;
  readonly volumeTimeoutMs: number;
}

const HOUR_MS = 3_600_000;

export const servicesSettings = section(
  {
    maxPerTenant: setting(
      'MUSTER_MAX_SERVICES_PER_TENANT',
      z.coerce.number().int().min(1).max(10_000).default(50),
      'maximum number of services per tenant',
    ),
    volumeHours: setting(
      'MUSTER_VOLUME_PATIENCE_HOURS',
      z.coerce.number().int().min(1).max(8760).default(24),
      'how long the deletion of a [volume](flows/services.md#volumes) waits for a node that sends no heartbeats',
    ),
  },
  ({ maxPerTenant, volumeHours }): ServicesSettings => ({
    maxPerTenant,
    volumeTimeoutMs: volumeHours * HOUR_MS,
  }),
);
