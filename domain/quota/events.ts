import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { limit, QUOTA_NAMES } from './quotas.js';

/** `account`: of which account of the tenant; absent: of the tenant. */
const ofQuota = { tenantId: z.string(), account: z.string().optional(), quota: z.enum(QUOTA_NAMES) };

/** Stream `quota-<tenant>`: limits that an operator set for a tenant or for one of its accounts, in place of the settings'. */
export const quotaEvents = {
  QuotaSet: event(z.strictObject({ ...ofQuota, limit })),
  QuotaReset: event(z.strictObject(ofQuota)),
  /** A request was refused because of a quota: at most once a minute for each quota of a tenant or account. */
  QuotaRefused: event(z.strictObject({ ...ofQuota, limit: z.number().nonnegative(), used: z.number().nonnegative() })),
} as const;

export type QuotaEvent = EventsOf<typeof quotaEvents>;
