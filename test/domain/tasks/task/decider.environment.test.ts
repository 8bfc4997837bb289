import t from 'tap';
import type { Pin } from '#domain/environments/environment/pin.js';
import { specificationOf, taskDecider, type TaskCommand, type TaskEvent } from '#domain/tasks/task/index.js';
import type { Recorded } from '#domain/kernel/event/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';

const MADE = Date.UTC(2026, 0, 1);
const ENVIRONMENT = '7d0f3a5e-1c92-4b7f-9f0e-2b6c4d1a8e33';
const pin = (generation: number, backend: Pin['backend'] = 'rattler'): Pin => ({
  environmentId: ENVIRONMENT,
  generation,
  lock: String(generation).repeat(64),
  backend,
  platform: 'linux-64',
});
const definition = plainTask({
  work: { executor: 'conda', environmentId: ENVIRONMENT, called: 'data', script: { content: 'print(1)' } },
  retryCount: 1,
  timeoutSeconds: 0,
});

/** Decides commands in order, as on a stream. */
function stream(...commands: readonly TaskCommand[]) {
  let state = taskDecider.initialState;
  const events: TaskEvent[] = [];
  let revision = 0;
  const tell = (command: TaskCommand): readonly TaskEvent[] => {
    const decided = taskDecider.decide(command, state);
    for (const event of decided) {
      revision += 1;
      const metadata = { at: MADE } as Recorded<TaskEvent>['metadata'];
      state = taskDecider.evolve(state, {
        ...event,
        metadata,
        revision,
        position: BigInt(revision),
      } as unknown as Recorded<TaskEvent>);
    }
    events.push(...decided);
    return decided;
  };
  commands.forEach(tell);
  return { tell, state: () => state, events };
}
const create: TaskCommand = {
  kind: 'create',
  task: { taskId: 7, nameReservation: 'r', tenantId: 'one', createdBy: 'ann', definition },
  now: MADE,
};
const at = (
  day: number,
  more: Partial<Pick<Extract<TaskCommand, { kind: 'decideSlots' }>, 'pin' | 'permitted'>>,
): TaskCommand => ({
  kind: 'decideSlots',
  taskId: 7,
  now: Date.UTC(2026, 0, day, 2),
  permitted: true,
  ...more,
});

void t.test(
  'a run is pinned to the generation of its environment at its start, for all of its attempts',
  async (t) => {
    const { tell, state } = stream(create, at(1, { pin: pin(3) }));
    const present = () => {
      const task = state();
      if (task.kind !== 'present') throw new Error('no task');
      return task;
    };
    const lockOf = () => {
      const run = present().runs.get(1);
      return run === undefined
        ? undefined
        : specificationOf(run, { taskId: 7, tenantId: 'one' }).task_groups[0]?.tasks[0]?.config;
    };
    t.match(lockOf(), {
      action: 'run',
      lock: '3'.repeat(64),
      script: { content: 'print(1)' },
      tenant: 'one',
    });
    tell({ kind: 'settle', taskId: 7, run: 1, trial: 1, became: 'failed', now: MADE });
    t.match(lockOf(), { lock: '3'.repeat(64) }, 'the second attempt uses the same lock');
    const [ended] = tell({
      kind: 'settle',
      taskId: 7,
      run: 1,
      trial: 2,
      became: 'success',
      now: MADE,
      seen: { startedAt: 10, endedAt: 12.5 },
    });
    t.match(ended, {
      type: 'TaskRunEnded',
      data: { outcome: 'success', execution: { environmentId: ENVIRONMENT, startedAt: 10, endedAt: 12.5 } },
    });
    tell(at(2, { pin: pin(4) }));
    t.match(present().runs.get(2)?.pin, { generation: 4 });
  },
);

void t.test(
  'a run is placed on nodes with the platform and a backend that can build its generation',
  async (t) => {
    for (const [backend, operator] of [
      ['rattler', '!='],
      ['conda', '!='],
      ['venv', '='],
    ] as const) {
      const task = stream(create, at(1, { pin: pin(1, backend) })).state();
      const run = task.kind === 'present' ? task.runs.get(1) : undefined;
      const group = run && specificationOf(run, { taskId: 7, tenantId: 'one' }).task_groups[0];
      t.match(group?.constraints?.slice(1), [
        { attribute: 'conda.platform', operator: '=', value: 'linux-64' },
        { attribute: 'conda.backend', operator, value: 'venv' },
      ]);
      t.equal(group?.tasks[0]?.max_run_seconds, undefined, 'a timeout of 0 means no limit');
    }
  },
);

void t.test(
  'a slot is skipped as no_environment without an environment, and as not_permitted without permission',
  async (t) => {
    const { tell } = stream(create);
    t.match(tell(at(1, { pin: undefined })), [{ data: { decision: 'skipped', reason: 'no_environment' } }]);
    t.match(tell(at(2, { permitted: false })), [{ data: { decision: 'skipped', reason: 'not_permitted' } }]);
  },
);

void t.test('a trigger command for a task that runs in an environment is refused as not found', async (t) => {
  const { tell } = stream(create);
  t.throws(() => tell({ kind: 'trigger', taskId: 7, permitted: true, triggered: { trigger: 'manual' } }), {
    code: 'MUSTER_E_TASK_NOT_FOUND',
  });
});
