import { z } from 'zod';

const MAX_DELAY_SECONDS = 86_400;
const MAX_INTERVAL_SECONDS = 31_536_000;
const MAX_ATTEMPTS = 1000;

const delay = z.number().min(0).max(MAX_DELAY_SECONDS);
const interval = z.number().positive().max(MAX_INTERVAL_SECONDS);
const attempts = z.number().int().min(0).max(MAX_ATTEMPTS);

/** Seconds; used when a restart policy has no `interval`. */
export const DEFAULT_RESTART_INTERVAL = 1800;
/** Seconds; used when a restart policy has no `max_delay`. */
export const DEFAULT_MAX_DELAY = 300;

export const restartPolicy = z
  .strictObject({
    attempts: attempts.meta({ description: 'Restarts within `interval`' }),
    interval: interval.optional().meta({
      description: `Extension. Seconds within which failures are counted; ${DEFAULT_RESTART_INTERVAL} when absent`,
      default: DEFAULT_RESTART_INTERVAL,
    }),
    delay: delay.default(5).meta({ description: 'Seconds between tries' }),
    mode: z.enum(['fail', 'delay']).default('fail').meta({
      description:
        'When `attempts` are used up: `fail` goes on by `reschedule`, or gives up where there is none; `delay` waits until the interval is over and goes on',
    }),
    backoff: z.enum(['constant', 'double']).optional().meta({
      description:
        'Extension. `double`: each delay is twice the previous one. After a run of ten minutes, delays begin with the first again',
    }),
    max_delay: delay.optional().meta({ description: 'Extension. Longest delay of `double`, in seconds' }),
  })
  .meta({ id: 'RestartPolicy', description: 'What follows when an allocation of the group fails' });
export type RestartPolicy = z.infer<typeof restartPolicy>;

/** Times in seconds. */
export const RESCHEDULE_DEFAULTS = {
  interval: 86_400,
  delay: 30,
  delay_function: 'exponential',
  max_delay: 3600,
} as const;

/** Placing an allocation again when its group's restarts are used up. */
export const reschedulePolicy = z
  .strictObject({
    attempts: attempts
      .optional()
      .meta({ description: 'How often within `interval`; without end when absent' }),
    interval: interval.optional().meta({
      description: `Seconds within which \`attempts\` are counted; ${RESCHEDULE_DEFAULTS.interval} when absent`,
      default: RESCHEDULE_DEFAULTS.interval,
    }),
    delay: delay.optional().meta({
      description: `Seconds before the first; ${RESCHEDULE_DEFAULTS.delay} when absent`,
      default: RESCHEDULE_DEFAULTS.delay,
    }),
    delay_function: z.enum(['constant', 'exponential', 'fibonacci']).optional().meta({
      description:
        'How the delay grows from one to the next; `exponential` (each twice the one before) when absent',
      default: RESCHEDULE_DEFAULTS.delay_function,
    }),
    max_delay: delay.optional().meta({
      description: `The longest delay, in seconds; ${RESCHEDULE_DEFAULTS.max_delay} when absent`,
      default: RESCHEDULE_DEFAULTS.max_delay,
    }),
  })
  .meta({
    id: 'ReschedulePolicy',
    description:
      'What follows when the restarts of a group are used up: another placement, after a delay that grows',
  });
export type ReschedulePolicy = z.infer<typeof reschedulePolicy>;

/** Returns whether a group uses `interval` or `reschedule`, which older servers cannot read. */
export function usesIntervals({
  restart,
  reschedule,
}: {
  readonly restart?: RestartPolicy | undefined;
  readonly reschedule?: ReschedulePolicy | undefined;
}): boolean {
  return restart?.interval !== undefined || reschedule !== undefined;
}
