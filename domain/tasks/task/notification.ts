import { z } from 'zod';
import { httpOrigin } from '../../drivers/http/index.js';
import { backOff } from '../../kernel/back-off.js';
import { sealedText } from '../../kernel/sealing/index.js';

/**
 * `failure`: a run failed or timed out after all its attempts. `recovery`: the first success after that. `missed`: slots were missed. `success`: a
 * run succeeded.
 */
export const NOTIFY_ON = ['failure', 'recovery', 'missed', 'success'] as const;
export type NotifyOn = (typeof NOTIFY_ON)[number];
/** What notifications are about. `waiting`: a run waits for longer than the task allows. `test`: someone asked for one. */
export const NOTICE_EVENTS = [...NOTIFY_ON, 'waiting', 'test'] as const;

/**
 * The recipient. A webhook's secret is its path, so the URL is sealed for the tenant and only its origin is visible.
 */
export const notificationTarget = z.strictObject({ origin: httpOrigin, sealedUrl: sealedText });
export type NotificationTarget = z.infer<typeof notificationTarget>;

/** A year. */
export const MAX_WAITING_SECONDS = 31_536_000;

export const notify = z.strictObject({
  on: z.array(z.enum(NOTIFY_ON)).min(1).max(NOTIFY_ON.length),
  to: notificationTarget,
  /** A run that is not placed on a worker within this time after it is due sends a notification. Default: none. */
  waitingSeconds: z.number().int().min(1).max(MAX_WAITING_SECONDS).optional(),
});
export type Notify = z.infer<typeof notify>;

/** `dropped`: too many newer notifications were waiting. */
export const NOTIFICATION_OUTCOMES = ['delivered', 'failed', 'dropped'] as const;
export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

export const MAX_OPEN_NOTIFICATIONS = 100;
export const MAX_RETAINED_NOTIFICATIONS = 1000;
export const MAX_NOTIFICATION_ATTEMPTS = 8;
/** A test is for someone who waits for its result, so it is not repeated. */
export function mostAttempts({ on }: { readonly on: (typeof NOTICE_EVENTS)[number] }): number {
  return on === 'test' ? 1 : MAX_NOTIFICATION_ATTEMPTS;
}

/**
 * Returns the delay before the next attempt, in milliseconds. It doubles each time, so that all attempts take about ten minutes. `attempt` is the
 * 1-based number of the failed attempt.
 */
export const notificationDelay = backOff({ firstMs: 5000 });
