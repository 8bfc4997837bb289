import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { evaluationOf, MAX_RETAINED_JOBS } from '#domain/work/index.js';
import {
  outcomeOf,
  jobIdOf,
  nextStep,
  RUN_GROUP,
  runReason,
  runStatus,
  type TaskDefinition,
} from '#domain/tasks/task/index.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { taskSlots } from '#projections/tasks/task-slots.js';
import { plainTask } from '../../fixtures/plain-task.js';
import {
  deleted,
  finished,
  group,
  lost,
  place,
  placed,
  released,
  specification,
  specified,
  started,
  stopped,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter, plainFold } from '../plain-fold.js';

const created = (definition: TaskDefinition = plainTask()): MusterEvent => ({
  type: 'TaskCreated',
  data: { taskId: 1, nameReservation: 'r', tenantId: 't1', createdBy: 'u1', definition },
});
const triggered = (run: number, keptFrom = 1): MusterEvent => ({
  type: 'TaskTriggered',
  data: { taskId: 1, run, keptFrom, attempts: 3, trigger: 'manual' },
});
const ended = (run: number, outcome: 'success' | 'failed' | 'timeout' = 'success'): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 1, run, outcome },
});
const retried = (attempt: number, after: 'failed' | 'lost', dueAt = 99_000): MusterEvent => ({
  type: 'TaskRunRetried',
  data: { taskId: 1, run: 1, attempt, after, dueAt },
});
const JOB = jobIdOf(1, 1);
const told = (type: 'JobSubmitted' | 'JobUpdated', trial: number, run = 1): MusterEvent =>
  specified(
    type,
    jobIdOf(1, run),
    specification(group(RUN_GROUP)),
    evaluationOf(jobIdOf(1, run), { to: 'be', version: String(trial) }),
  );
const at = place('a1', JOB, 0, RUN_GROUP);
const after = (...events: readonly MusterEvent[]): TaskRunDocument => {
  const run = documentAfter<TaskRunDocument>(taskRuns, recorded([created(), ...events]), JOB);
  if (run === undefined) throw new Error('there is no run');
  return run;
};
const overdueAt = (message: string): MusterEvent => ({
  type: 'AllocationFailed',
  data: { ...at, startTime: 1, endTime: 2, message },
});

void t.test('the next step, outcome, status and reason of a run follow from its job', async (t) => {
  const says = (wanted: readonly unknown[], ...events: readonly MusterEvent[]): void => {
    const run = after(triggered(1), ...events);
    t.same(
      [nextStep(run)?.step, outcomeOf(run), runStatus(run), runReason(run, run.cancelReason, 50_000)],
      wanted,
    );
  };
  const begun = told('JobSubmitted', 1);
  says(['begin', undefined, 'pending', 'being_placed']);
  says([undefined, undefined, 'pending', 'being_placed'], begun);
  says([undefined, undefined, 'pending', 'starting'], begun, placed(at));
  says([undefined, undefined, 'running', undefined], begun, placed(at), started(at));
  says(
    ['settle', 'success', 'pending', 'starting'],
    begun,
    placed(at),
    released(at, 'complete'),
    finished(JOB, 0, 'complete'),
  );
  says(
    ['settle', 'failed', 'pending', 'starting'],
    begun,
    placed(at),
    released(at, 'failed'),
    finished(JOB, 0, 'failed'),
  );
  says(
    ['settle', 'lost', 'running', undefined],
    begun,
    placed(at),
    started(at),
    released(at, 'lost'),
    finished(JOB, 0, 'failed'),
  );
  says(['settle', 'lost', 'pending', 'starting'], begun, placed(at), lost(at), finished(JOB, 0, 'failed'));
  const late = overdueAt('task main: ran longer than 3600 s and was stopped');
  says(['settle', 'timeout', 'pending', 'starting'], begun, placed(at), late, finished(JOB, 0, 'failed'));
  says(['settle', 'failed', 'pending', 'being_placed'], begun, stopped(JOB));
  says(['settle', 'failed', 'pending', 'being_placed'], begun, deleted(JOB));
  says(
    [undefined, 'success', 'success', undefined],
    begun,
    placed(at),
    finished(JOB, 0, 'complete'),
    ended(1),
  );
});

void t.test('reports about an earlier attempt do not affect the next one', async (t) => {
  const failed = [
    triggered(1),
    told('JobSubmitted', 1),
    placed(at),
    released(at, 'failed'),
    finished(JOB, 0, 'failed'),
  ];
  const waits = after(...failed, retried(2, 'failed'));
  t.same(
    [nextStep(waits), outcomeOf(waits), runStatus(waits)],
    [{ step: 'update', at: 99_000 }, undefined, 'retrying'],
  );
  t.equal(runReason(waits, null, 50_000), 'not_due');
  t.match(waits.former, [{ attempt: 1, after: 'failed', nodeId: 'n1' }]);
  const again = after(...failed, retried(2, 'failed'), told('JobUpdated', 2));
  t.same([nextStep(again), outcomeOf(again)], [undefined, undefined]);
  const said = {
    ...at,
    task: 'main',
    status: 'failed' as const,
    exitCode: 3,
    startTime: 1,
    endTime: 2,
    message: 'exited with code 3',
    error: null,
  };
  const exited: MusterEvent[] = [
    { type: 'TaskExited', data: said },
    {
      type: 'AllocationFailed',
      data: { ...at, startTime: 1, endTime: 2, message: 'task main: exited with code 3' },
    },
  ];
  t.match(
    after(...failed.slice(0, 3), ...exited, ...failed.slice(3), retried(2, 'failed')).former,
    [{ exitCode: 3, message: 'exited with code 3' }],
    'the previous attempt keeps its exit code and message',
  );
  const moved = after(...failed, retried(1, 'lost', 0));
  t.same([moved.attempt, moved.lost, nextStep(moved)?.step], [1, 1, 'update']);
});

void t.test(
  'the job of a cancelled run is stopped, and a run that has not started has no job to stop',
  async (t) => {
    const cancelled: MusterEvent = {
      type: 'TaskRunsCancelled',
      data: { taskId: 1, runs: [1], reason: 'replaced' },
    };
    const running = after(triggered(1), told('JobSubmitted', 1), placed(at), started(at), cancelled);
    t.same(
      [nextStep(running), runStatus(running), runReason(running, running.cancelReason, 0)],
      [{ step: 'stop', at: 0 }, 'cancelled', 'replaced'],
    );
    t.equal(nextStep(after(triggered(1), cancelled)), undefined);
  },
);

void t.test(
  'the newest runs keep their jobs, and a task retains its configured number of runs',
  async (t) => {
    const run = (number: number, keptFrom: number): readonly MusterEvent[] => [
      triggered(number, keptFrom),
      told('JobSubmitted', 1, number),
      finished(jobIdOf(1, number), 0, 'complete'),
      ended(number),
    ];
    const keep = 12;
    const history = Array.from({ length: 30 }, (_, index) =>
      run(index + 1, Math.max(1, index + 2 - keep)),
    ).flat();
    const shown = plainFold(taskRuns, recorded([created(), ...history])) as ReadonlyMap<
      string,
      TaskRunDocument
    >;
    const surplus = [...shown.values()]
      .filter((each) => nextStep(each)?.step === 'forget')
      .map((each) => each.run);
    t.same(
      surplus,
      Array.from({ length: 30 - MAX_RETAINED_JOBS }, (_, index) => index + 1),
    );
    const forgotten = surplus.map((number) => deleted(jobIdOf(1, number)));
    const left = plainFold(taskRuns, recorded([created(), ...history, ...forgotten])) as ReadonlyMap<
      string,
      TaskRunDocument
    >;
    t.same(
      [...left.values()].map((each) => each.run),
      Array.from({ length: keep }, (_, index) => 30 - keep + 1 + index),
      'a surplus run is removed once its job is gone',
    );
    const fewer: MusterEvent = {
      type: 'TaskUpdated',
      data: { taskId: 1, nameReservation: 'r', definition: plainTask(), keptFrom: 30 },
    };
    const dropped: MusterEvent = { type: 'TaskRunsDropped', data: { taskId: 1, from: 19, until: 29 } };
    const few = plainFold(
      taskRuns,
      recorded([created(), ...history, ...forgotten, fewer, dropped]),
    ) as ReadonlyMap<string, TaskRunDocument>;
    t.same(
      [...few.values()].filter((each) => !each.dropped).map((each) => each.run),
      [30],
    );
  },
);

void t.test(
  'the slots of a deleted task are removed at once, and each run once it has no job left to stop',
  async (t) => {
    const gone: MusterEvent = { type: 'TaskDeleted', data: { taskId: 1 } };
    const slot: MusterEvent = {
      type: 'TaskSlotDecided',
      data: { taskId: 1, slot: 0, until: 0, count: 1, decision: 'skipped', reason: 'paused' },
    };
    const history = [created(), slot, triggered(1), told('JobSubmitted', 1), triggered(2), gone];
    const runs = plainFold(taskRuns, recorded(history)) as ReadonlyMap<string, TaskRunDocument>;
    t.same(
      [...runs.values()].map((each) => [each.run, each.cancelReason, nextStep(each)?.step]),
      [[1, 'deleted', 'stop']],
    );
    t.equal(
      plainFold(taskRuns, recorded([...history, stopped(JOB), finished(JOB, 0, 'stopped'), deleted(JOB)]))
        .size,
      0,
    );
    t.equal(plainFold(taskSlots, recorded(history)).size, 0);
    t.equal(plainFold(taskModel, recorded(history)).size, 0);
  },
);

void t.test('a task shows its next slot while it is active, and the outcome of its newest run', async (t) => {
  const shown = (...events: readonly MusterEvent[]): TaskDocument | undefined =>
    documentAfter<TaskDocument>(
      taskModel,
      recorded([created(plainTask({}, { pattern: '* * * * * *' })), ...events]),
      '1',
    );
  const run: MusterEvent = {
    type: 'TaskSlotDecided',
    data: { taskId: 1, slot: 5000, run: 1, dueAt: 5000, keptFrom: 1, attempts: 1, decision: 'run' },
  };
  t.match(shown(), { nextSlot: 2000, unfinished: 0, lastRun: null });
  t.match(shown(run), { nextSlot: 6000, unfinished: 1, newestRun: 1 });
  t.match(shown(run, ended(1, 'failed')), {
    unfinished: 0,
    lastRun: { run: 1, outcome: 'failed', at: 3000 },
  });
  t.match(shown({ type: 'TaskStatusSet', data: { taskId: 1, status: 'paused' } }), {
    nextSlot: null,
    status: 'paused',
  });
});

void t.test("backfilled runs have their slots and count toward the task's retained runs", async (t) => {
  const slots = Array.from({ length: 30 }, (_, index) => 1000 * index);
  const filled: MusterEvent = {
    type: 'TaskBackfilled',
    data: { taskId: 1, run: 3, keptFrom: 13, attempts: 1, from: 0, until: 30_000, slots },
  };
  const history = [created(), triggered(1), triggered(2), ended(1), ended(2), filled];
  const runs = plainFold(taskRuns, recorded(history)) as ReadonlyMap<string, TaskRunDocument>;
  t.same(
    [...runs.values()].map(({ run, slot, trigger, dropped, surplus }) => [
      run,
      slot,
      trigger,
      dropped,
      surplus,
    ]),
    slots.map((slot, index) => [
      index + 3,
      slot,
      'backfill',
      index + 3 < 13,
      index + 3 <= 32 - MAX_RETAINED_JOBS,
    ]),
    'older ended runs are removed, and unfinished runs remain until they end',
  );
  t.match(documentAfter<TaskDocument>(taskModel, recorded(history), '1'), {
    newestRun: 32,
    unfinished: 30,
  });
  t.match([...plainFold(taskSlots, recorded(history)).values()].slice(-2), [
    { slot: 28_000, run: 31, reason: null },
    { slot: 29_000, run: 32, reason: null },
  ]);
});
