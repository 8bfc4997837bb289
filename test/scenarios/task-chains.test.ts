import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_ADMIN_PASSWORD: 'password123' },
});
await startAgent(t, server);
const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
const cli = async (...args: string[]) =>
  await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });

void t.test('the end of a run starts the dependent tasks that are configured for its outcome', async (t) => {
  const build = await root.create({ name: 'build', command: 'exit $CODE', environment: { CODE: '0' } });
  const ship = await root.create({ name: 'ship', command: 'true', after: { tasks: [build.id] } });
  t.same(ship.after, { tasks: [build.id], on: 'success' });
  const alarm = await root.create({
    name: 'alarm',
    command: 'true',
    after: { tasks: [build.id, ship.id], on: 'failure' },
  });
  const clean = await root.create({
    name: 'clean',
    command: 'true',
    after: { tasks: [build.id], on: 'always' },
  });
  const last = await root.create({ name: 'last', command: 'true', after: { tasks: [ship.id] } });
  await root.trigger(build.id);
  t.match(await root.is(ship.id, 1, 'success'), {
    trigger: 'after',
    slot: null,
    after: { task_id: build.id, run_id: 1 },
  });
  t.match(await root.is(last.id, 1, 'success'), { trigger: 'after', after: { task_id: ship.id, run_id: 1 } });
  await root.is(clean.id, 1, 'success');
  await root.trigger(build.id, { environment: { CODE: '3' } });
  t.match(await root.is(alarm.id, 1, 'success'), { after: { task_id: build.id, run_id: 2 } });
  await root.is(clean.id, 2, 'success');
  t.same([(await root.runs(ship.id)).length, (await root.runs(alarm.id)).length], [1, 1]);

  await root.call('put', `/api/tasks/${clean.id}`, { status: 'paused' });
  await root.trigger(build.id);
  await root.is(ship.id, 2, 'success');
  const decided = await eventually(async () => {
    const [newest] = (await root.schedule(clean.id)).past;
    return newest?.decision === 'skipped' ? newest : undefined;
  });
  t.match(decided, {
    decision: 'skipped',
    reason: 'paused',
    after: { task_id: build.id, run_id: 3 },
    run_id: null,
  });
  t.match(await root.runs(clean.id, '?status=skipped'), [
    { status: 'skipped', trigger: 'after', reason: 'paused', after: { task_id: build.id, run_id: 3 } },
  ]);
  t.match(await root.task(clean.id), { unfinished_runs: 0 });
});

void t.test(
  'circular, unknown and foreign dependencies are refused with an error that lists them',
  async (t) => {
    const refused = async (
      method: 'post' | 'put',
      path: string,
      body: object,
      message: string,
    ): Promise<void> =>
      void t.match(await root.call(method, path, body), { status: 400, body: { success: false, message } });
    const [a, b, c] = [
      await root.create({ name: 'a', command: 'true' }),
      await root.create({ name: 'b', command: 'true' }),
      await root.create({ name: 'c', command: 'true' }),
    ];
    await root.call('put', `/api/tasks/${b.id}`, { after: { tasks: [a.id] } });
    await root.call('put', `/api/tasks/${c.id}`, { after: { tasks: [b.id] } });
    await refused(
      'put',
      `/api/tasks/${a.id}`,
      { after: { tasks: [c.id] } },
      `after.tasks: circular dependency: task ${a.id} after ${c.id} after ${b.id} after ${a.id}`,
    );
    await refused(
      'put',
      `/api/tasks/${a.id}`,
      { after: { tasks: [a.id] } },
      `after.tasks: circular dependency: task ${a.id} after ${a.id}`,
    );
    await refused(
      'post',
      '/api/tasks',
      { name: 'd', executor: 'shell', command: 'true', after: { tasks: [99_999] } },
      'after.tasks: there is no task 99999',
    );
    await refused(
      'post',
      '/api/tasks',
      { name: 'd', executor: 'shell', command: 'true', after: { tasks: [a.id, a.id] } },
      'after.tasks: must not contain duplicates',
    );
    await root.api.post('/api/auth/register', { username: 'ann', password: 'password123' });
    const ann = await TaskAccount.logIn(server.api, 'ann', 'password123');
    const theirs = { name: 'hers', executor: 'http', url: 'https://example.com/', after: { tasks: [a.id] } };
    t.match(await ann.call('post', '/api/tasks', theirs), {
      status: 400,
      body: { message: `after.tasks: there is no task ${a.id}` },
    });
    t.same((await root.task(a.id)).after, undefined);
  },
);

void t.test(
  'of two concurrent changes that would create a circular dependency, one is accepted',
  async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [
        await root.create({ name: `one-${round}`, command: 'true' }),
        await root.create({ name: `two-${round}`, command: 'true' }),
      ];
      const answers = await Promise.all([
        root.call('put', `/api/tasks/${one.id}`, { after: { tasks: [two.id] } }),
        root.call('put', `/api/tasks/${two.id}`, { after: { tasks: [one.id] } }),
      ]);
      t.same(answers.map(({ status }) => status).sort(), [200, 400], 'one change is refused');
      const standing = [await root.task(one.id), await root.task(two.id)];
      t.equal(
        standing.filter(({ after }) => after !== undefined).length,
        1,
        'the refused change has no effect',
      );
    }
  },
);

void t.test(
  'a task keeps a deleted dependency in its settings, and is still started by its other dependencies',
  async (t) => {
    const first = await root.create({ name: 'first', command: 'true' });
    const other = await root.create({ name: 'other', command: 'true' });
    const second = await root.create({
      name: 'second',
      command: 'true',
      after: { tasks: [first.id, other.id], on: 'always' },
    });
    await root.trigger(first.id);
    await root.is(second.id, 1, 'success');
    t.equal((await root.call('delete', `/api/tasks/${first.id}`)).status, 204);
    const renamed = await root.call('put', `/api/tasks/${second.id}`, { name: 'second-still' });
    t.match(renamed, { status: 200, body: { data: { after: { tasks: [first.id, other.id] } } } });
    await root.trigger(other.id);
    t.match(await root.is(second.id, 2, 'success'), { after: { task_id: other.id, run_id: 1 } });
    t.match((await root.call('put', `/api/tasks/${second.id}`, { after: { tasks: [] } })).body.data, {
      after: undefined,
    });
  },
);

void t.test('a run that another run started knows which one, and how it ended', async (t) => {
  const failing = await root.create({ name: 'failing', command: 'exit 11' });
  const retried = await root.create({
    name: 'retried',
    command: 'exit $((MUSTER_ATTEMPT + 10))',
    retry_count: 1,
    retry_delay_seconds: 1,
  });
  const endless = await root.create({ name: 'endless', command: 'sleep 600' });
  const observer = await root.create({
    name: 'observer',
    command: 'env | sort',
    after: { tasks: [failing.id, retried.id, endless.id], on: 'always' },
  });
  const told = async (run: number): Promise<string[]> => {
    await root.is(observer.id, run, 'success');
    const { stdout } = await cli('logs', 'observer', String(run));
    return stdout.split('\n').filter((line) => line.startsWith('MUSTER_AFTER'));
  };
  const of = ({ id, name }: { readonly id: number; readonly name: string }, status: string): string[] => [
    'MUSTER_AFTER_RUN=1',
    `MUSTER_AFTER_STATUS=${status}`,
    `MUSTER_AFTER_TASK_ID=${id}`,
    `MUSTER_AFTER_TASK_NAME=${name}`,
  ];
  await root.trigger(failing.id);
  t.same(await told(1), ['MUSTER_AFTER_EXIT_CODE=11', ...of(failing, 'failed')]);
  await root.trigger(retried.id);
  t.same(await told(2), ['MUSTER_AFTER_EXIT_CODE=12', ...of(retried, 'failed')], 'of the last attempt');
  await root.trigger(endless.id);
  t.match(await root.call('post', `/api/tasks/${endless.id}/runs/1/cancel`), { status: 200 });
  t.match((await told(3)).slice(-4), of(endless, 'cancelled'));
  await root.trigger(observer.id);
  t.same(await told(4), [], 'a run that no other run started has no such variables');
});

void t.test('dependencies can be set, and runs explained, from the command line', async (t) => {
  const file = join(ownFolder(t), 'chain.yaml');
  await writeFile(
    file,
    '- {name: extract, executor: shell, command: "true"}\n- {name: load, executor: shell, command: "true", after: {tasks: [extract], on: success}}\n',
  );
  t.match(await cli('create', '-f', file), { code: 0 });
  t.match(await cli('create', '--name', 'report', '--after', 'load', '--on', 'always', '--', 'true'), {
    code: 0,
  });
  const extract = (JSON.parse((await cli('show', 'extract', '-o', 'json')).stdout) as { id: number }).id;
  t.match(await cli('show', 'load'), { code: 0, stdout: new RegExp(`After +success of task ${extract}`) });
  t.match(await cli('run', 'extract', '--wait'), { code: 0 });
  const report = (JSON.parse((await cli('show', 'report', '-o', 'json')).stdout) as { id: number }).id;
  await root.is(report, 1, 'success');
  t.match(await cli('why', 'load'), {
    code: 0,
    stdout: new RegExp(`Trigger +after\\nAfter +run 1 of task ${extract}`),
  });
  t.match(await cli('next', 'load'), { code: 0, stdout: new RegExp(`run +- +1 +run 1 of task ${extract}`) });
});

void t.test(
  'after these tests recorded decisions are consistent, and every read model can be rebuilt',
  async (t) => {
    await invariantsHold(t, server);
  },
);
