import { z } from 'zod';
import { resources } from '../../jobs/job/specification.js';
import { nodeTags } from '../../nodes/tags.js';
import { backOff } from '../../kernel/back-off.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { DAY_MATCHES } from '../schedule/index.js';
import { dependencies } from './dependencies.js';
import { notify } from './notification.js';
import { taskWork } from './work.js';

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const instant = z.number().int();

export const PRIORITIES = { low: 30, normal: 50, high: 70, critical: 90 } as const;
export type Priority = keyof typeof PRIORITIES;

/**
 * `forbid`: a slot is skipped while a run is unfinished. `replace`: unfinished runs are cancelled. Both apply only to slots, not to manual runs. `queue`:
 * runs start one after the other, whatever created them.
 */
export const CONCURRENCY = ['allow', 'forbid', 'replace', 'queue'] as const;
export const MISFIRE = ['skip', 'once'] as const;
/** Longest time limit of an attempt: a week. */
export const MAX_TIMEOUT_SECONDS = 604_800;
/** A year. */
export const MAX_START_SECONDS = 31_536_000;
export const MAX_RETAINED_RUNS = 1_000_000;
export const timing = z.strictObject({
  pattern: z.string().max(200).optional(),
  /** Releases that did not know this field ran on days that match either day field, so an absent value means `or`. */
  dayMatch: z.enum(DAY_MATCHES).optional(),
  timezone: z.string().max(100),
  runAt: instant.optional(),
  startAt: instant.optional(),
  endAt: instant.optional(),
  concurrency: z.enum(CONCURRENCY),
  misfire: z.enum(MISFIRE),
  /** How late a missed slot may still run. Default: however late. */
  misfireWithinSeconds: z.number().int().min(1).max(MAX_START_SECONDS).optional(),
  /** Delays a run by up to this many seconds, always by the same amount for the same slot. */
  jitterSeconds: z.number().int().min(0).max(86_400),
});
export type Timing = z.infer<typeof timing>;

/** A task in events, with its defaults, and with values that may be secret sealed. */
export const taskDefinition = z.strictObject({
  name: text(200),
  description: z.string().max(4096).regex(PLAIN_NAME, PLAIN_NAME_RULE).optional(),
  work: taskWork,
  timing,
  after: dependencies.optional(),
  notify: notify.optional(),
  priority: z.enum(Object.keys(PRIORITIES) as [Priority, ...Priority[]]),
  retryCount: z.number().int().min(0).max(10),
  /** Delay of the second attempt, in seconds. It doubles with each attempt, up to an hour. */
  retryDelaySeconds: z.number().int().min(0).max(3600),
  /** A run that is not placed on a worker within this time after it is due ends as expired. Default: it waits for as long as it takes. */
  startWithinSeconds: z.number().int().min(1).max(MAX_START_SECONDS).optional(),
  timeoutSeconds: z.number().int().min(0).max(604_800),
  onLost: z.enum(['retry', 'fail']),
  /** Node tags, all of which a worker must have. */
  tags: nodeTags.optional(),
  labels: z.record(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'a label must match [A-Za-z0-9][A-Za-z0-9._/-]{0,62}'),
    z.string().max(256),
  ),
  keepRuns: z.number().int().min(1).max(MAX_RETAINED_RUNS),
  resources,
});
export type TaskDefinition = z.infer<typeof taskDefinition>;

/** Returns the delay before the next attempt, in milliseconds. `attempt` is the 1-based number of the failed attempt. */
export function retryDelay(
  { retryDelaySeconds }: Pick<TaskDefinition, 'retryDelaySeconds'>,
  attempt: number,
): number {
  return backOff({ firstMs: retryDelaySeconds * 1000, mostMs: 3_600_000 })(attempt);
}
