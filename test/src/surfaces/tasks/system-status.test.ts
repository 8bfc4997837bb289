import t, { type Test } from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { evaluationOf } from '#domain/work/index.js';
import { jobIdOf, RUN_GROUP, type TaskStatus } from '#domain/tasks/task/index.js';
import { append } from '../../../contract/read-models/fixture.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import {
  group,
  place,
  placed,
  registered,
  specification,
  specified,
  started,
} from '../../../projections/events.js';
import { successRate } from '#src/surfaces/tasks/system-status.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const NOW = '2026-11-01T05:30:00Z';

interface Status {
  readonly tasks: {
    readonly total: number;
    readonly active: number;
    readonly paused: number;
    readonly running: number;
  };
  readonly workers: { readonly total: number; readonly online: number; readonly offline: number };
  readonly runs_today: number;
  readonly success_rate: number;
}

async function scene(t: Test, now = NOW) {
  const api = await openTestApi(t, { clock: new TestClock(Date.parse(now)) });
  const tokens: string[] = [];
  const account = async (username: string, made: object) => {
    const context = commandContext();
    await api.identity.registrations.register(
      { username, password: 'password123', role: 'user', ...made },
      context,
    );
    const { token } = (
      await api.say('POST', '/api/auth/login', { username, password: 'password123' })
    ).json() as { token: string };
    tokens.push(token);
    return async (timezone?: string): Promise<Status> => {
      const query = timezone === undefined ? '' : `?timezone=${encodeURIComponent(timezone)}`;
      const said = await api.say('GET', `/api/system/status${query}`, undefined, {
        authorization: `Bearer ${token}`,
      });
      t.equal(said.status, 200, said.body);
      return (said.json() as { data: Status }).data;
    };
  };
  const [root, ann, bob] = [
    await account('boss', { role: 'admin' }),
    await account('ann', { tenantId: 't1' }),
    await account('bob', { tenantId: 't2' }),
  ];
  return { api, root, ann, bob, annToken: tokens[1] };
}

async function happened(
  { store, models }: TestApi,
  at: string,
  ...events: readonly MusterEvent[]
): Promise<void> {
  if (!(await models.waitFor(await append(store, events, Date.parse(at)), 10_000 * PATIENCE)))
    throw new Error('the read models did not get there');
}

const created = (taskId: number, tenantId: string): MusterEvent => ({
  type: 'TaskCreated',
  data: { taskId, nameReservation: `r${taskId}`, tenantId, createdBy: 'u', definition: plainTask() },
});
const set = (taskId: number, status: TaskStatus): MusterEvent => ({
  type: 'TaskStatusSet',
  data: { taskId, status },
});
const begun = (taskId: number, tenantId: string, run = 1): MusterEvent => ({
  type: 'TaskTriggered',
  data: { taskId, run, keptFrom: 1, attempts: 1, trigger: 'manual', tenantId },
});
const ended = (
  taskId: number,
  tenantId: string,
  outcome: 'success' | 'failed' | 'timeout',
  run = 1,
): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId, run, outcome, tenantId },
});
function runs(taskId: number, run = 1): readonly MusterEvent[] {
  const job = jobIdOf(taskId, run);
  const at = place(`a${taskId}.${run}`, job, 0, RUN_GROUP);
  return [
    specified(
      'JobSubmitted',
      job,
      specification(group(RUN_GROUP)),
      evaluationOf(job, { to: 'be', version: '1' }),
    ),
    placed(at),
    started(at),
  ];
}

void t.test('reports zeros and full success on an empty server', async (t) => {
  const { ann } = await scene(t);
  t.same(await ann(), {
    tasks: { total: 0, active: 0, paused: 0, running: 0 },
    workers: { total: 0, online: 0, offline: 0 },
    runs_today: 0,
    success_rate: 100,
  });
});

void t.test('counts the tasks of the tenant by status, and all tasks for an administrator', async (t) => {
  const { api, root, ann, bob } = await scene(t);
  await happened(
    api,
    NOW,
    ...[1, 2, 3, 4].map((id) => created(id, 't1')),
    created(5, 't2'),
    set(2, 'paused'),
    set(3, 'disabled'),
  );
  t.same((await ann()).tasks, { total: 4, active: 2, paused: 1, running: 0 });
  await happened(
    api,
    NOW,
    begun(1, 't1'),
    begun(1, 't1', 2),
    begun(4, 't1'),
    begun(5, 't2'),
    ...runs(1),
    ...runs(1, 2),
    ...runs(5),
  );
  t.same(
    (await ann()).tasks,
    { total: 4, active: 2, paused: 1, running: 1 },
    'two runs of one task count once, and a waiting run does not count',
  );
  t.same((await bob()).tasks, { total: 1, active: 1, paused: 0, running: 1 });
  t.same((await root()).tasks, { total: 5, active: 3, paused: 1, running: 2 });
  await happened(
    api,
    NOW,
    ended(1, 't1', 'success'),
    ended(1, 't1', 'success', 2),
    { type: 'TaskDeleted', data: { taskId: 3 } },
    set(2, 'active'),
  );
  t.same((await ann()).tasks, { total: 3, active: 3, paused: 0, running: 0 });
  t.equal((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': 'test-key' })).status, 200);
  t.match(await root(), { tasks: { total: 0, active: 0, running: 0 }, runs_today: 0, success_rate: 100 });
});

void t.test("counts today's runs in the requested zone, across clock changes", async (t) => {
  const { api, root, ann, bob } = await scene(t);
  // In Kathmandu it is 11:15 of a day that began at 18:15 UTC; in New York 01:30 on the first, of a day that began at 04:00 UTC.
  await happened(api, '2026-10-31T18:14:59Z', begun(1, 't1'), ended(1, 't1', 'failed'));
  await happened(api, '2026-10-31T18:15:00Z', begun(1, 't1'), begun(1, 't1'), ended(1, 't1', 'timeout'));
  await happened(api, '2026-11-01T03:59:59Z', begun(1, 't1'), ended(1, 't1', 'success'));
  await happened(api, '2026-11-01T04:00:00Z', begun(1, 't1'), ended(1, 't1', 'success'));
  await happened(api, '2026-11-01T04:10:00Z', begun(2, 't2'), ended(2, 't2', 'failed'));
  t.match(await ann(), { runs_today: 2, success_rate: 100 });
  t.match(await ann('Asia/Kathmandu'), { runs_today: 4, success_rate: 66.7 });
  t.match(await ann('America/New_York'), { runs_today: 1, success_rate: 100 });
  t.match(await bob('America/New_York'), { runs_today: 1, success_rate: 0 });
  t.match(await root('America/New_York'), { runs_today: 2, success_rate: 50 });
  t.match(await root('Asia/Kathmandu'), { runs_today: 5, success_rate: 50 });
});

void t.test('counts the 25th hour of a day, and starts the next day at zero', async (t) => {
  const events = [begun(1, 't1'), ended(1, 't1', 'success')];
  const late = await scene(t, '2026-11-02T04:59:59Z');
  await happened(late.api, '2026-11-01T04:00:00Z', ...events);
  await happened(late.api, '2026-11-02T04:59:00Z', ...events);
  t.match(await late.ann('America/New_York'), { runs_today: 2 });
  const next = await scene(t, '2026-11-02T05:00:00Z');
  await happened(next.api, '2026-11-02T04:59:00Z', ...events);
  t.match(await next.ann('America/New_York'), { runs_today: 0, success_rate: 100 });
});

void t.test('rounds the success rate to 0 or 100 only if it is exact', async (t) => {
  const cases = [
    [0, 7, 0],
    [7, 7, 100],
    [9996, 10_000, 99.9],
    [9994, 10_000, 99.9],
    [4, 10_000, 0.1],
    [2, 3, 66.7],
    [1, 1_000_000, 0.1],
    [999, 1000, 99.9],
  ] as const;
  for (const [success, ended, rate] of cases)
    t.equal(successRate(success, ended), rate, `${success} of ${ended}`);
});

void t.test('counts online and offline workers, the same for every account', async (t) => {
  const { api, root, ann } = await scene(t);
  await happened(api, NOW, registered('n1'), registered('n2'), {
    type: 'NodeWentDown',
    data: { nodeId: 'n2', epoch: 1, reason: 'silent' },
  });
  t.same((await ann()).workers, { total: 2, online: 1, offline: 1 });
  t.same((await root()).workers, (await ann()).workers);
});

void t.test('refuses an unknown time zone and an unauthenticated caller', async (t) => {
  const { api, annToken } = await scene(t);
  t.equal((await api.say('GET', '/api/system/status', undefined, {}, '192.0.2.1')).status, 401);
  for (const query of [
    'timezone=Mars/Olympus',
    'timezone=BST',
    'timezone=%2B02:00',
    'timezone=',
    `timezone=${'x'.repeat(101)}`,
    'zone=UTC',
    'timezone=UTC&timezone=UTC',
  ]) {
    const said = await api.say('GET', `/api/system/status?${query}`, undefined, {
      authorization: `Bearer ${annToken}`,
    });
    t.match(
      { status: said.status, body: said.json() },
      { status: 400, body: { success: false, data: null, message: /zone/ } },
      query,
    );
  }
});
