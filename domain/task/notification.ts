import { z } from 'zod';
import { httpOrigin, httpUrl } from '../drivers/http/index.js';
import { sealedText } from '../sealing/index.js';

/**
 * What of a task can be told. `failure`: a run failed or took too long, after all its attempts; `recovery`: the first success after that;
 * `missed`: slots were missed; `success`: a run succeeded.
 */
export const NOTIFY_ON = ['failure', 'recovery', 'missed', 'success'] as const;
export type NotifyOn = (typeof NOTIFY_ON)[number];

/**
 * Where notices go. What opens a hook is its path: the URL is sealed for the tenant, and of its parts only the origin is to be seen. `url`: what events
 * of before say in the clear, as nobody can seal what is read; it is sealed with the next change of its task.
 */
export const notificationTarget = z.union([z.strictObject({ origin: httpOrigin, sealedUrl: sealedText }), z.strictObject({ url: httpUrl })]);
export type NotificationTarget = z.infer<typeof notificationTarget>;

/** Whom a task tells, and of what. */
export const notify = z.strictObject({ on: z.array(z.enum(NOTIFY_ON)).min(1).max(NOTIFY_ON.length), to: notificationTarget });
export type Notify = z.infer<typeof notify>;

/** How a notice ended. `dropped`: too many newer ones waited. */
export const NOTIFICATION_OUTCOMES = ['delivered', 'failed', 'dropped'] as const;
export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

/** Notices of a task that have not ended; for one more the oldest is dropped. */
export const MAX_OPEN_NOTIFICATIONS = 100;
/** Notices of a task that can be looked at. */
export const MAX_RETAINED_NOTIFICATIONS = 1000;
/** How often a notice is tried. */
export const MAX_NOTIFICATION_ATTEMPTS = 8;
/** Seconds until the second attempt. */
const FIRST_DELAY_SECONDS = 5;

/** How long the next attempt waits, in milliseconds: twice as long each time, so that all take some ten minutes. `attempt`: the one that failed, from 1. */
export function notificationDelay(attempt: number): number {
  return FIRST_DELAY_SECONDS * 2 ** (attempt - 1) * 1000;
}
