import { z } from 'zod';
import { resources } from '../job/specification.js';
import { nodeTags } from '../node-tags.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';
import { dependencies } from './dependencies.js';
import { notify } from './notification.js';
import { taskWork } from './work.js';

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
/** Milliseconds since 1970. */
const instant = z.number().int();

/** Among those that wait, higher is first. */
export const PRIORITIES = { low: 30, normal: 50, high: 70, critical: 90 } as const;
export type Priority = keyof typeof PRIORITIES;

/** `forbid`: a slot is skipped while a run is unfinished; `replace`: the unfinished runs are cancelled. Slots alone are bound, triggers never. */
export const CONCURRENCY = ['allow', 'forbid', 'replace'] as const;
/** What becomes of slots that nobody decided in time: none of them runs, or the newest. */
export const MISFIRE = ['skip', 'once'] as const;
/** Ended runs of one task that stay to be looked at, at most. */
export const MAX_RETAINED_RUNS = 1_000_000;
/** When a task runs by itself. None of `pattern` and `runAt`: only when it is told to. */
export const timing = z.strictObject({
  /** Cron, of five fields or six, or a nickname; read by `domain/schedule`. */
  pattern: z.string().max(200).optional(),
  timezone: z.string().max(100),
  runAt: instant.optional(),
  startAt: instant.optional(),
  endAt: instant.optional(),
  concurrency: z.enum(CONCURRENCY),
  misfire: z.enum(MISFIRE),
  /** A run begins up to so many seconds behind its slot, always the same for the same slot. */
  jitterSeconds: z.number().int().min(0).max(86_400),
});
export type Timing = z.infer<typeof timing>;

/** All that a task is, as events hold it: with its defaults, and with what could be secret sealed. */
export const taskDefinition = z.strictObject({
  name: text(200),
  description: z.string().max(4096).regex(PLAIN_NAME, PLAIN_NAME_RULE).optional(),
  work: taskWork,
  timing,
  after: dependencies.optional(),
  notify: notify.optional(),
  priority: z.enum(Object.keys(PRIORITIES) as [Priority, ...Priority[]]),
  /** Further attempts of a run that fails or takes too long. */
  retryCount: z.number().int().min(0).max(10),
  /** Seconds until the second attempt, then twice as many each time, at most an hour. */
  retryDelaySeconds: z.number().int().min(0).max(3600),
  /** Of each attempt; 0: as long as it takes. */
  timeoutSeconds: z.number().int().min(0).max(604_800),
  /** What becomes of a run whose node is lost. */
  onLost: z.enum(['retry', 'fail']),
  /** Of workers: a run is given to one that has them all. */
  tags: nodeTags.optional(),
  labels: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'a label must match [A-Za-z0-9][A-Za-z0-9._/-]{0,62}'), z.string().max(256)),
  /** How many ended runs stay to be looked at. */
  keepRuns: z.number().int().min(1).max(MAX_RETAINED_RUNS),
  resources,
});
export type TaskDefinition = z.infer<typeof taskDefinition>;

/** How long the next attempt waits, in milliseconds. `attempt`: the one that failed, from 1. */
export function retryDelay({ retryDelaySeconds }: Pick<TaskDefinition, 'retryDelaySeconds'>, attempt: number): number {
  return Math.min(retryDelaySeconds * 2 ** (attempt - 1), 3600) * 1000;
}
