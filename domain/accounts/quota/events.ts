import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { ANY_QUOTA_NAMES, LIMIT, QUOTA_NAMES } from './quotas.js';

const ofQuota = { tenantId: z.string(), account: z.string().optional(), quota: z.enum(QUOTA_NAMES) };

/** Stream `quota-<tenant>`: limits that operators set in place of the defaults. */
export const quotaEvents = {
  QuotaSet: event(z.strictObject({ ...ofQuota, limit: z.string().regex(LIMIT) })),
  QuotaReset: event(z.strictObject(ofQuota)),
  /** Recorded at most once a minute per quota and holder. */
  QuotaRefused: event(
    z.strictObject({
      ...ofQuota,
      quota: z.enum(ANY_QUOTA_NAMES),
      limit: z.number().nonnegative(),
      used: z.number().nonnegative(),
    }),
  ),
} as const;

export type QuotaEvent = EventsOf<typeof quotaEvents>;
