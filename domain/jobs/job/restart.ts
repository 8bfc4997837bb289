import { z } from 'zod';

const MAX_DELAY_SECONDS = 86_400;
const MAX_INTERVAL_SECONDS = 31_536_000;
const MAX_ATTEMPTS = 1000;

const delay = z.number().min(0).max(MAX_DELAY_SECONDS);
const interval = z.number().positive().max(MAX_INTERVAL_SECONDS);
const attempts = z.number().int().min(0).max(MAX_ATTEMPTS);

/** In seconds. Used if a restart policy has no `interval`. */
export const DEFAULT_RESTART_INTERVAL = 1800;
/** In seconds. Used if a restart policy has no `max_delay`. */
export const DEFAULT_MAX_DELAY = 300;

export const restartPolicy = z
  .strictObject({
    attempts: attempts.meta({ description: 'Maximum number of restarts within `interval`' }),
    interval: interval.optional().meta({
      description: `Extension. Window in which failures are counted, in seconds. Default: ${DEFAULT_RESTART_INTERVAL}`,
      default: DEFAULT_RESTART_INTERVAL,
    }),
    delay: delay.default(5).meta({ description: 'Seconds between attempts' }),
    mode: z.enum(['fail', 'delay']).default('fail').meta({
      description:
        'What happens when all `attempts` are used up. `fail`: apply `reschedule`, or give up if there is none. `delay`: wait until the interval is over, then continue',
    }),
    backoff: z.enum(['constant', 'double']).optional().meta({
      description:
        'Extension. `double`: each delay is twice the previous one. After a run of ten minutes, the delay is reset',
    }),
    max_delay: delay.optional().meta({ description: 'Extension. Maximum delay with `double`, in seconds' }),
  })
  .meta({ id: 'RestartPolicy', description: 'What happens when an allocation of the group fails' });
export type RestartPolicy = z.infer<typeof restartPolicy>;

export const RESCHEDULE_DEFAULTS = {
  interval: 86_400,
  delay: 30,
  delay_function: 'exponential',
  max_delay: 3600,
} as const;

export const reschedulePolicy = z
  .strictObject({
    attempts: attempts
      .optional()
      .meta({ description: 'Maximum number of new placements within `interval`. Default: no limit' }),
    interval: interval.optional().meta({
      description: `Window in which \`attempts\` are counted, in seconds. Default: ${RESCHEDULE_DEFAULTS.interval}`,
      default: RESCHEDULE_DEFAULTS.interval,
    }),
    delay: delay.optional().meta({
      description: `Seconds before the first new placement. Default: ${RESCHEDULE_DEFAULTS.delay}`,
      default: RESCHEDULE_DEFAULTS.delay,
    }),
    delay_function: z.enum(['constant', 'exponential', 'fibonacci']).optional().meta({
      description: 'How the delay grows with each placement. Default: `exponential` (it doubles)',
      default: RESCHEDULE_DEFAULTS.delay_function,
    }),
    max_delay: delay.optional().meta({
      description: `Maximum delay, in seconds. Default: ${RESCHEDULE_DEFAULTS.max_delay}`,
      default: RESCHEDULE_DEFAULTS.max_delay,
    }),
  })
  .meta({
    id: 'ReschedulePolicy',
    description:
      'What happens when a group has used up its restarts: a new placement, after an increasing delay',
  });
export type ReschedulePolicy = z.infer<typeof reschedulePolicy>;
