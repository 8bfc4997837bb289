import tap from 'tap';
import { evaluationOf, NO_WORK, type WorkView } from '#domain/work/index.js';
import { jobIdOf } from '#domain/tasks/task/index.js';
import { type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { viewRun } from '#src/surfaces/tasks/run-view.js';

const JOB = jobIdOf(1, 1);
/** The schedule created the run. */
const NONE = { actor: null, name: null };
const TASK = {
  status: 'failed',
  startTime: 10,
  endTime: 12,
  exitCode: 3,
  error: null,
  message: 'exited with code 3',
  healthy: null,
  healthySince: null,
} as const;

/** The job of a run's first attempt, which started on worker `n1` and was lost with it. */
const LOST: WorkView = {
  ...NO_WORK,
  job: 'begun',
  version: 0,
  asked: evaluationOf(JOB, { to: 'be', version: '1' }),
  finished: 'failed',
  evaluated: true,
  groups: {
    run: {
      identity: 'x',
      since: 0,
      slots: [
        {
          allocationId: 'a',
          nodeId: 'n1',
          jobVersion: 0,
          attempt: 0,
          running: false,
          ran: true,
          ended: 'lost',
          message: 'node lost',
          tasks: { main: TASK },
          released: 'lost',
          final: true,
          retryAt: null,
          moved: 'lost',
        },
      ],
    },
  },
};

const RUN: TaskRunDocument = {
  taskId: 1,
  run: 1,
  attempts: 1,
  trigger: 'manual',
  slot: null,
  repeats: null,
  dueAt: 0,
  attempt: 1,
  lost: 0,
  surplus: false,
  work: LOST,
  ended: 'failed',
  cancelReason: null,
  former: [],
  createdAt: 0,
  endedAt: 20_000,
  dropped: false,
};

void tap.test('a run shows the result of its newest attempt', async (t) => {
  t.match(viewRun(RUN, NONE, 30_000), {
    worker: 'n1',
    exit_code: 3,
    message: 'exited with code 3',
    duration_seconds: 2,
    reason: 'worker_lost',
  });
});

void tap.test(
  'an attempt that has not started shows no worker, result or times of the previous attempt',
  async (t) => {
    const nothing = {
      worker: null,
      exit_code: null,
      message: null,
      started_at: null,
      duration_seconds: null,
    };
    t.match(
      viewRun({ ...RUN, lost: 1, ended: null, endedAt: null }, NONE, 30_000),
      nothing,
      'the run waits to be placed again',
    );
    t.match(
      viewRun({ ...RUN, lost: 1, ended: 'cancelled', cancelReason: 'requested' }, NONE, 30_000),
      { ...nothing, reason: 'requested' },
      'the run was cancelled before it was placed again',
    );
    t.match(
      viewRun({ ...RUN, attempt: 2, attempts: 2, ended: null, endedAt: null, dueAt: 40_000 }, NONE, 30_000),
      { ...nothing, status: 'retrying' },
      'the run waits for its next attempt',
    );
  },
);
