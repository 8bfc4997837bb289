import t from 'tap';
import { v4 } from 'uuid';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import { MAX_REPEATED_TEXT } from '#domain/jobs/job/stored-in.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import { specificationOf, type OpenRun, type TaskDefinition } from '#domain/tasks/task/index.js';
import { sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import { TaskDefinitions } from '#src/fleet/nodes/task-definitions.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { openTestApi } from '../../http/support/test-api.js';
import { Pen } from './cluster.js';

const TASK = { taskId: 7, tenantId: 'acme' };
const COMMAND = `echo ${'x'.repeat(MAX_REPEATED_TEXT)}`;
const BODY = 'y'.repeat(60_000);

void t.test('sends the order of a run with the texts that its task had when the run started', async (t) => {
  const { identity } = await openTestApi(t);
  const { sealer } = identity;
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  const seal = async (env: Record<string, string>): Promise<string> =>
    await sealEnvironment(sealer, tenantSubject('acme'), env);
  const workOf = async (body: string): Promise<TaskDefinition['work']> => ({
    executor: 'shell',
    command: COMMAND,
    sealedEnvironment: await seal({ BODY: body, PW: 'stored' }),
  });
  const before = plainTask({ work: await workOf(BODY) });
  const after = plainTask({ work: await workOf(`${BODY}!`) });
  const named = { taskId: 7, nameReservation: 'r' };
  await pen.write('task-7', {
    type: 'TaskCreated',
    data: { ...named, tenantId: 'acme', createdBy: v4(), definition: before },
  });
  await pen.write('task-7', { type: 'TaskUpdated', data: { ...named, definition: after, keptFrom: 1 } });
  const own = await seal({ BODY: 'z'.repeat(2000) });
  await pen.write('task-7', {
    type: 'TaskTriggered',
    data: { taskId: 7, run: 1, keptFrom: 1, attempts: 1, trigger: 'manual', sealedEnvironment: own },
  });

  const definitions = new TaskDefinitions(store, sealer);
  const run = (definition: TaskDefinition, definedAt: number, changes: Partial<OpenRun> = {}): OpenRun => ({
    run: 1,
    trigger: 'manual',
    slot: null,
    attempt: 1,
    lost: 0,
    dueAt: 0,
    definition,
    definedAt,
    ...changes,
  });
  const orderOf = async (open: OpenRun, referred?: string) => {
    const [group] = specificationOf(open, TASK, referred).task_groups;
    t.ok(JSON.stringify(group).length < 1000, 'the job itself is small');
    return (await definitions.opened(group as TaskGroup))?.tasks[0];
  };
  t.match(await orderOf(run(before, 0)), {
    config: { command: COMMAND, tenant: 'acme' },
    env: { BODY, PW: 'stored' },
  });
  t.match(
    await orderOf(run(after, 1)),
    { env: { BODY: `${BODY}!` } },
    'a later definition is read from its own event',
  );
  t.match(await orderOf(run(before, 0, { sealedEnvironment: own, environmentAt: 2 })), {
    config: { command: COMMAND },
    env: { BODY: /^z+$/ },
  });
  const referred = await orderOf(run(before, 0), await seal({ PW: 'of now' }));
  t.match(
    referred,
    { config: { command: COMMAND }, env: { BODY, PW: 'of now' } },
    'a secret has its current value',
  );
  t.equal(referred?.stored_in, undefined);
  t.equal(referred?.sealed_env, undefined);

  t.equal(await orderOf(run(before, 2)), undefined, 'an event of another type contains no program');
  t.equal(await orderOf(run(before, 9)), undefined, 'there is no such event');
  t.same(
    await definitions.opened({
      name: 'g',
      tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }],
    }),
    {
      name: 'g',
      tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }],
    },
  );
});
