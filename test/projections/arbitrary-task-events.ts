import fc from 'fast-check';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { evaluationOf } from '#domain/work/index.js';
import {
  CANCEL_REASONS,
  CONCURRENCY,
  jobIdOf,
  MAX_RETAINED_NOTIFICATIONS,
  NOTIFICATION_OUTCOMES,
  notificationJobOf,
  OUTCOMES,
  RUN_GROUP,
  SKIP_REASONS,
  TASK_STATUSES,
  TRIGGERS,
} from '#domain/tasks/task/index.js';
import { HOOK } from '../fixtures/hook.js';
import { plainTask } from '../fixtures/plain-task.js';
import { group, place, specification, specified, type Place } from './events.js';

const taskId = fc.constantFrom(1, 2);
const run = fc.integer({ min: 1, max: 14 });
const slot = fc.integer({ min: 0, max: 40 }).map((n) => n * 60_000);
const keptFrom = fc.integer({ min: 1, max: 6 });
const attempt = fc.integer({ min: 1, max: 3 });
const definition = fc
  .record({
    pattern: fc.constantFrom('* * * * *', '0 2 * * *', '@hourly'),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
    concurrency: fc.constantFrom(...CONCURRENCY),
    keepRuns: fc.constantFrom(1000, 2),
    onLost: fc.constantFrom('retry', 'fail'),
  })
  .map(({ pattern, timezone, concurrency, ...changes }) =>
    plainTask(changes, { pattern, timezone, concurrency }),
  );
const defined = { taskId, nameReservation: fc.constantFrom('r1', 'r2'), definition };
/** Older releases named no tenant. */
const tenantId = fc.constantFrom('t1', 't2', undefined);
const begun = { taskId, run, keptFrom, tenantId };

/** Notifications around the retention limit. */
const notice = fc.constantFrom(1, 2, 3, MAX_RETAINED_NOTIFICATIONS + 1, MAX_RETAINED_NOTIFICATIONS + 2);

export const jobOfRun: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(taskId, run).map((of) => jobIdOf(...of)) },
  fc.tuple(taskId, notice).map((of) => notificationJobOf(...of)),
);

export const placeOfRun: fc.Arbitrary<Place> = fc
  .tuple(jobOfRun, attempt)
  .map(([job, n]) => place(`${job}-${n}`, job, 0, RUN_GROUP));

function of<Type extends MusterEvent['type']>(
  type: Type,
  data: fc.Arbitrary<Extract<MusterEvent, { type: Type }>['data']>,
): fc.Arbitrary<MusterEvent> {
  return data.map((each) => ({ type, data: each }) as MusterEvent);
}

/** Any event of a few tasks at any time, and of the jobs of their runs. */
export const anyTaskEvent: fc.Arbitrary<MusterEvent> = fc.oneof(
  {
    weight: 3,
    arbitrary: of(
      'TaskCreated',
      fc.record({ ...defined, tenantId: fc.constantFrom('t1', 't2'), createdBy: fc.constant('u1') }),
    ),
  },
  of('TaskUpdated', fc.record({ ...defined, keptFrom })),
  of('TaskStatusSet', fc.record({ taskId, status: fc.constantFrom(...TASK_STATUSES) })),
  of('TaskDeleted', fc.record({ taskId })),
  of(
    'TaskRunsDropped',
    fc
      .tuple(taskId, run, run)
      .map(([task, a, b]) => ({ taskId: task, from: Math.min(a, b), until: Math.max(a, b) })),
  ),
  {
    weight: 3,
    arbitrary: of(
      'TaskSlotDecided',
      fc.record({ ...begun, slot, decision: fc.constant('run'), dueAt: slot, attempts: attempt }),
    ),
  },
  of(
    'TaskSlotDecided',
    fc
      .record({
        taskId,
        slot,
        decision: fc.constant('skipped'),
        reason: fc.constantFrom(...SKIP_REASONS),
        count: fc.constantFrom(1, 7, null),
      })
      .map((each) => ({ ...each, until: each.slot + 60_000 })),
  ),
  {
    weight: 3,
    arbitrary: of(
      'TaskTriggered',
      fc.record({ ...begun, attempts: attempt, trigger: fc.constantFrom(...TRIGGERS) }),
    ),
  },
  {
    weight: 2,
    arbitrary: of(
      'TaskRunRetried',
      fc.record({ taskId, run, attempt, after: fc.constantFrom('failed', 'timeout', 'lost'), dueAt: slot }),
    ),
  },
  {
    weight: 2,
    arbitrary: of(
      'TaskRunEnded',
      fc.record({ taskId, run, outcome: fc.constantFrom(...OUTCOMES), tenantId }),
    ),
  },
  of(
    'TaskRunsCancelled',
    fc.record({
      taskId,
      runs: fc.uniqueArray(run, { minLength: 1, maxLength: 3 }),
      reason: fc.constantFrom(...CANCEL_REASONS),
    }),
  ),
  {
    weight: 2,
    arbitrary: of(
      'TaskNoticeDecided',
      fc.record({
        taskId,
        notice,
        on: fc.constantFrom('failure', 'recovery'),
        to: fc.constant(HOOK),
        run: fc.record({
          run,
          outcome: fc.constantFrom(...OUTCOMES),
          trigger: fc.constant('schedule'),
          slot,
          attempt,
        }),
      }),
    ),
  },
  of(
    'TaskNoticeDecided',
    fc.record({
      taskId,
      notice,
      on: fc.constant('missed'),
      to: fc.constant(HOOK),
      slots: fc.record({ slot, until: slot, count: fc.constantFrom(1, null) }),
    }),
  ),
  { weight: 2, arbitrary: of('TaskNoticeRetried', fc.record({ taskId, notice, attempt, dueAt: slot })) },
  of('TaskNoticeEnded', fc.record({ taskId, notice, outcome: fc.constantFrom(...NOTIFICATION_OUTCOMES) })),
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('JobSubmitted', 'JobUpdated'), jobOfRun, attempt)
      .map(([type, job, trial]) =>
        specified(
          type,
          job,
          specification(group(RUN_GROUP)),
          evaluationOf(job, { to: 'be', version: String(trial) }),
        ),
      ),
  },
);
