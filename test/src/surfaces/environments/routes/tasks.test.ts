import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { tasks } from '#domain/tasks/task/index.js';
import { cookieIn } from '../../../../fixtures/cookie.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { built, make, scene, type Ask } from './scene.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const LATER = { conda_env: 'data', script: 'print(1)', delay_seconds: 3600 };

interface Made {
  readonly task: { readonly task_id: number };
}
const idOf = (made: { json(): unknown }): number => (made.json() as Made).task.task_id;

t.setTimeout(180_000 * PATIENCE);

void t.test('creates, lists, shows and deletes a task as in the contract', async (t) => {
  const all = await scene(t, { MUSTER_TIMEZONE: 'Asia/Tokyo' });
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const made = await ask('POST', '/tasks', {
    ...LATER,
    task_name: 'nightly',
    delay_seconds: undefined,
    cron_expression: '0 2 * * *',
  });
  t.equal(made.status, 201, made.body);
  const shown = {
    task_id: 1,
    task_name: 'nightly',
    script_path: 'print(1)',
    conda_env: 'data',
    created_at: TIME,
    cron_expression: '0 2 * * *',
  };
  const next = { next_run_time: /^\d{4}-\d\d-\d\d 02:00:00$/, last_run_time: null, last_run_duration: null };
  t.match(made.json(), {
    success: true,
    message: 'Task scheduled successfully',
    task: { ...shown, ...next, status: 'scheduled' },
  });
  t.notOk(
    Object.hasOwn(made.json() as object, 'environment_message'),
    'the response has no message about the environment',
  );
  t.match((await ask('POST', '/tasks', LATER)).json(), {
    task: { task_id: 2, task_name: 'task-2', cron_expression: null },
  });
  t.match((await ask('GET', '/tasks')).json(), [
    {
      ...shown,
      status: 'scheduled',
      next_run_time_formatted: TIME,
      last_run_time_formatted: null,
      last_run_duration_formatted: null,
    },
    { task_id: 2 },
  ]);
  t.same(
    ((await ask('GET', '/tasks?limit=1')).json() as Made['task'][]).map(({ task_id }) => task_id),
    [2],
    'the newest task comes first',
  );
  t.same(
    ((await ask('GET', '/tasks?before=2')).json() as Made['task'][]).map(({ task_id }) => task_id),
    [1],
  );
  t.match((await ask('GET', '/tasks/1')).json(), {
    success: true,
    task: { ...shown, last_execution_id: null, executions: [], skipped: null },
    execution_history: [],
    performance_metrics: { durations: [], timestamps: [], peak_memories: [], avg_memories: [] },
    latest_execution: null,
  });
  t.match((await ask('GET', '/tasks/stats')).json(), {
    total: 2,
    scheduled: 2,
    running: 0,
    completed: 0,
    failed: 0,
  });
  t.match((await ask('POST', '/tasks/1/stop')).json(), {
    message: 'Task is not in a running state',
    error: "Cannot stop a task with status: 'scheduled'",
    current_status: 'scheduled',
  });
  t.match((await ask('DELETE', '/environment/data')).json(), {
    success: false,
    message: 'Cannot delete environment that is referenced by tasks',
    error: 'Environment is in use by tasks',
    referencing_tasks: ['nightly', 'task-2'],
  });
  for (const id of [1, 2]) t.equal((await ask('DELETE', `/tasks/${id}`)).status, 204);
  t.same((await ask('GET', '/tasks/1')).json(), { success: false, message: 'Task with ID 1 not found' });
  t.equal((await ask('DELETE', '/environment/data')).status, 204);
});

void t.test(
  'either creates a task or deletes its environment if both are requested concurrently',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    let tasksMade = 0;
    for (let round = 0; round < 12; round += 1) {
      const name = `data-${round}`;
      await make(all, ask, name);
      const remove = (): ReturnType<Ask> => ask('DELETE', `/environment/${name}`);
      const create = (): ReturnType<Ask> =>
        ask('POST', '/tasks', { ...LATER, conda_env: name, reuse_env: true });
      // The order of the two requests varies.
      const [removed, created] =
        round % 2 === 0
          ? await Promise.all([remove(), create()])
          : (await Promise.all([create(), remove()])).reverse();
      const left = (await ask('GET', `/environment/${name}`)).status;
      const ends = [removed?.status, created?.status, left];
      t.ok(
        ['204,400,404', '400,201,200'].includes(ends.join()),
        `${ends.join()}: ${created?.body ?? ''} ${removed?.body ?? ''}`,
      );
      if (created?.status === 201) tasksMade += 1;
    }
    t.equal(
      ((await ask('GET', '/tasks')).json() as object[]).length,
      tasksMade,
      'a refused task does not exist',
    );
  },
);

void t.test('creates neither a task nor an environment for an invalid request', async (t) => {
  const all = await scene(t, { MUSTER_SCRIPT_ROOTS: '/srv/scripts:/opt/x/' });
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const before = (await all.api.events()).length;
  const refused: readonly (readonly [body: object, answer: object])[] = [
    [
      { cron_expression: '* * * * *', delay_seconds: 1 },
      {
        message: 'Please specify either cron expression or delay seconds, not both',
        error: 'Cannot specify both cron_expression and delay_seconds',
      },
    ],
    [
      { delay_seconds: -1 },
      { message: 'Please provide a non-negative delay value', error: 'Delay seconds must be non-negative' },
    ],
    [
      { cron_expression: '99 * * * *' },
      { message: 'The provided cron expression is invalid', error: /^Invalid cron expression: .*99/ },
    ],
    [{ cron_expression: '0 0 31 2 *' }, { error: /^Invalid cron expression: never fires/ }],
    [{ cron_expression: '' }, { error: /^Invalid cron expression: / }],
    [
      { conda_env: 'none', reuse_env: true },
      { message: 'Cannot reuse non-existing environment', error: "Environment 'none' not found" },
    ],
    [
      { script: '/etc/passwd' },
      { error: /script: must be the absolute path of a file below one of \/srv\/scripts, \/opt\/x\// },
    ],
    [{ script: '/srv/scripts/../../etc/passwd.py' }, { error: /script/ }],
    [{ script: '/srv/scripts-not/a.py' }, { error: /script/ }],
    [{ script: 'a.py' }, { error: /script: must be the absolute path/ }],
    [{ script: '' }, { error: /script/ }],
    [{ script: 'a\u0000b' }, { error: /script.*NUL/ }],
    [{ script: `#${'x'.repeat(131_072)}\n` }, { error: /script/ }],
    [{ script: '\n\u0001'.repeat(60_000) }, { error: /script/ }],
    ...[
      '--index-url http://evil',
      '-r other.txt',
      'git+https://x/y',
      'https://x/y.whl',
      './x',
      'x; rm -rf /',
    ].map(
      (line) => [{ requirements: `requests\n# fine\n${line}` }, { error: /requirements: line 3/ }] as const,
    ),
    [{ requirements: 'x\n'.repeat(501) }, { error: /requirements: must list at most 500/ }],
    ...['', '../x', 'base', '-n', 'x'.repeat(200), 'a b'].map(
      (conda_env) => [{ conda_env }, { error: /conda_env/ }] as const,
    ),
    [{ task_name: '' }, { error: /task_name/ }],
    [{ task_name: 'x'.repeat(201) }, { error: /task_name/ }],
    [{ timeout_seconds: 0 }, { error: /timeout_seconds/ }],
    [{ memory_mb: 0 }, { error: /memory_mb/ }],
    [{ environment: { MUSTER_X: '1' } }, { error: /environment/ }],
    [{ environment: { 'A=B': '1' } }, { error: /environment/ }],
    [{ user: 'root' }, { error: /user/ }],
  ];
  for (const [body, answer] of refused) {
    const said = await ask('POST', '/tasks', { script: 'print(1)', conda_env: 'data', ...body });
    t.equal(said.status, 400, JSON.stringify(body).slice(0, 80));
    t.match(said.json(), { success: false, ...answer }, JSON.stringify(body).slice(0, 80));
  }
  const after = (await all.api.events()).slice(before).map(({ type }) => type);
  t.same(
    after.filter((type) => !/^(NumberTaken|TaskName|TaskPlace|Session)/.test(type)),
    [],
    'no task, environment or build is recorded',
  );
  t.same((await ask('GET', '/tasks')).json(), []);
});

void t.test('installs requirements first, and creates no task if that fails', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const failing = ask('POST', '/tasks', { ...LATER, task_name: 'x', requirements: 'nope==1\n' });
  await all.end({ outcome: 'failed', step: 'pip', failed: [{ name: 'nope', why: 'not_found' }] });
  t.match((await failing).json(), {
    success: false,
    message: 'Failed to install requirements in existing environment',
    failed_packages: ['nope'],
    error_details: ["Package 'nope' not found in available channels"],
    error: String,
    environment_state: 'Environment may be in an inconsistent state, consider restoring from backup',
  });
  t.match((await ask('GET', '/environment/data')).json(), { generation: 1 }, 'the environment is unchanged');
  const making = ask('POST', '/tasks', {
    ...LATER,
    task_name: 'x',
    requirements: 'requests>=2.31 # for calls\n\n',
  });
  await all.end(built({ python: '3.11.9', requests: '2.32.0' }));
  t.match((await making).json(), {
    task: { task_name: 'x', requirements: 'requests>=2.31 # for calls\n\n' },
    environment_message: "Requirements installed in existing environment 'data'",
  });
  t.match((await ask('GET', '/environment/data')).json(), { generation: 3 });
  t.equal(
    (await ask('POST', '/tasks', { ...LATER, requirements: 'requests>=2.31' })).status,
    201,
    'requirements that are already part of the environment need no build',
  );
  t.match((await ask('GET', '/environment/data')).json(), { generation: 3 });

  const broken = ask('POST', '/tasks', { ...LATER, conda_env: 'new', requirements: 'nope' });
  await all.end({ outcome: 'failed', step: 'pip', failed: [{ name: 'nope', why: 'not_found' }] });
  const refusal = (await broken).json() as object;
  t.match(refusal, {
    message: 'Failed to install requirements in new environment',
    failed_packages: ['nope'],
  });
  t.notOk(Object.hasOwn(refusal, 'environment_state'));
  t.equal((await ask('GET', '/environment/new')).status, 404);
  const fresh = ask('POST', '/tasks', { ...LATER, conda_env: 'new' });
  await all.end(built({ python: '3.11.9' }));
  t.match((await fresh).json(), {
    task: { conda_env: 'new' },
    environment_message: "Environment 'new' created",
  });
});

void t.test(
  'finishes the build after its client disconnects, and creates the task when the request is repeated',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    await make(all, ask, 'data');
    await all.api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = all.api.app.server.address() as AddressInfo;
    const cookie = cookieIn(
      (await all.api.say('POST', '/login', { username: 'ann', password: 'password123' })).headers,
    );
    const count = async (type: string): Promise<number> =>
      (await all.api.events()).filter((event) => event.type === type).length;
    const leave = async (body: object, headers: object): Promise<void> => {
      const before = {
        builds: await count('EnvironmentBuildRequested'),
        released: await count('TaskNameReleased'),
      };
      const call = request({
        port,
        host: '127.0.0.1',
        path: '/api/tasks',
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
      });
      call.on('error', () => undefined).end(JSON.stringify(body));
      await eventually(async () => (await count('EnvironmentBuildRequested')) > before.builds, {
        what: 'a build',
      });
      call.destroy();
      await eventually(async () => (await count('TaskNameReleased')) > before.released, {
        what: 'the release of the task name',
      });
    };
    const cases = [
      { conda_env: 'data', task_name: 'a', requirements: 'one', key: undefined },
      { conda_env: 'new', task_name: 'b', requirements: 'one', key: undefined },
      { conda_env: 'data', task_name: 'c', requirements: 'two', key: 'k1' },
      { conda_env: 'newer', task_name: 'd', requirements: 'two', key: 'k2' },
    ];
    for (const { key, ...given } of cases) {
      const [body, headers] = [{ ...LATER, ...given }, key === undefined ? {} : { 'idempotency-key': key }];
      const before = { made: await count('TaskCreated'), builds: await count('EnvironmentBuildRequested') };
      await leave(body, headers);
      t.equal(await count('TaskCreated'), before.made, `${given.task_name}: no task was created`);
      // Without a key, the request is repeated after the build's end; with a key, during the build.
      const asked = key === undefined ? undefined : ask('POST', '/tasks', body, headers);
      await all.end(built({ python: '3.11.9', [given.requirements]: '1' }));
      const made = await (asked ?? ask('POST', '/tasks', body));
      t.match(made, { status: 201 }, made.body);
      t.match(made.json(), {
        task: { task_name: given.task_name, conda_env: given.conda_env },
        environment_message: String,
      });
      t.equal(
        await count('EnvironmentBuildRequested'),
        before.builds + 1,
        `${given.task_name}: the environment is built once`,
      );
      t.equal(await count('TaskCreated'), before.made + 1);
    }
    await leave({ ...LATER, conda_env: 'never', requirements: 'nope' }, {});
    await all.end({ outcome: 'failed', step: 'pip', failed: [{ name: 'nope', why: 'not_found' }] });
    await eventually(async () => (await ask('GET', '/environment/never')).status === 404, {
      what: 'the removal of the environment whose build failed',
    });
    t.equal(((await ask('GET', '/tasks')).json() as unknown[]).length, cases.length);
  },
);

void t.test('builds a missing environment only once for two concurrent tasks', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  const asked = [
    ask('POST', '/tasks', { ...LATER, conda_env: 'new' }),
    ask('POST', '/tasks', { ...LATER, conda_env: 'new' }),
  ];
  await all.end(built({ python: '3.11.9' }));
  t.same(
    (await Promise.all(asked)).map(({ status }) => status),
    [201, 201],
  );
  t.match((await ask('GET', '/stats')).json(), { total_environments: 1, active_environments: 1 });
  t.match((await ask('GET', '/environment/new')).json(), { usage_stats: { total_tasks: 2 } });
});

void t.test(
  'creates only one of twenty concurrent tasks with the same name, and one task per Idempotency-Key',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    await make(all, ask, 'data');
    const taken = await Promise.all(
      Array.from({ length: 20 }, async () => await ask('POST', '/tasks', { ...LATER, task_name: 'one' })),
    );
    t.equal(taken.filter(({ status }) => status === 201).length, 1);
    t.match(taken.find(({ status }) => status === 400)?.json(), {
      success: false,
      message: 'Task with this name already exists',
      error: "Task with name 'one' already exists",
    });
    const key = { 'idempotency-key': 'k' };
    const again = await Promise.all(
      [1, 2, 3].map(async () => idOf(await ask('POST', '/tasks', { ...LATER, task_name: 'same' }, key))),
    );
    t.equal(new Set(again).size, 1);
    t.equal(((await ask('GET', '/tasks')).json() as unknown[]).length, 2);
  },
);

void t.test(
  'shows tasks only to their tenant, and lets only creator and administrators change them',
  async (t) => {
    const all = await scene(t);
    const ann = await all.as('ann');
    await make(all, ann, 'data');
    const id = idOf(await ann('POST', '/tasks', LATER));
    const [bob, head, eve, shut] = [
      await all.as('bob'),
      await all.as('head', { role: 'tenant_admin' }),
      await all.as('eve', { tenantId: 'two' }),
      await all.as('shut', { execute: false }),
    ];
    t.match((await bob('GET', `/tasks/${id}`)).json(), { task: { task_id: id } });
    for (const [method, path, what] of [
      ['POST', `/tasks/${id}/stop`, 'stop'],
      ['DELETE', `/tasks/${id}`, 'delete'],
    ] as const) {
      const said = await bob(method, path);
      t.equal(said.status, 403);
      t.same(said.json(), {
        success: false,
        message: 'Unauthorized - Insufficient privileges',
        error: `You do not have permission to ${what} this task`,
      });
      t.same((await eve(method, path)).json(), { success: false, message: `Task with ID ${id} not found` });
    }
    t.equal((await eve('GET', `/tasks/${id}`)).status, 404);
    t.same((await eve('GET', '/tasks')).json(), []);
    t.match((await eve('GET', '/tasks/stats')).json(), { total: 0 });
    t.match(await shut('POST', '/tasks', LATER), { status: 403, body: /muster user grant/ });
    const changing = await bob('POST', '/tasks', { ...LATER, requirements: 'requests' });
    t.equal(changing.status, 403);
    t.match(changing.json(), { error: 'You do not have permission to modify packages in this environment' });
    t.equal(
      (await bob('POST', '/tasks', LATER)).status,
      201,
      'any account of the tenant can run tasks in the environment',
    );
    t.equal((await head('DELETE', `/tasks/${id}`)).status, 204);
  },
);

void t.test('neither stores nor returns the variables of a script in plain text', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const made = await ask('POST', '/tasks', {
    ...LATER,
    environment: { TOKEN: 'hunter2-hunter2', DB: { secret: 'db' } },
  });
  t.equal(made.status, 201, made.body);
  for (const path of ['/tasks', '/tasks/1']) t.notMatch((await ask('GET', path)).body, /hunter2/);
  const log = (await all.api.events()).map(({ data }) => String(data)).join('\n');
  t.notMatch(log, /hunter2/);
  t.match(log, /"references":\{"DB":"db"\}/);
});

void t.test('refuses builds once the environments of the tenant exceed its quota', async (t) => {
  const all = await scene(t, { MUSTER_CONDA_TENANT_GB: '1.2' });
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const message = /the environments of the tenant use 1.23 GB; the limit is 1.2 GB/;
  const building: readonly (readonly [string, string, object])[] = [
    ['POST', '/environment', { name: 'more' }],
    ['POST', '/environment/data/packages', { packages: ['numpy'] }],
    ['POST', '/tasks', { ...LATER, conda_env: 'more' }],
    ['POST', '/tasks', { ...LATER, requirements: 'requests' }],
  ];
  for (const [method, path, body] of building)
    t.match(await ask(method, path, body), { status: 400, body: message }, path);
  t.match(
    (await all.api.events())
      .filter(({ type }) => type === 'QuotaRefused')
      .map(({ data }) => JSON.parse(data) as object),
    [{ quota: 'environment_bytes', limit: 1.2e9, used: 1_234_567_890 }],
    'the first refusal of a minute is an event',
  );
  t.equal((await ask('POST', '/tasks', LATER)).status, 201, 'an existing environment can still be used');
});

void t.test('deletes an environment once all tasks that refer to it have finished', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const ids = await Promise.all(
    Array.from({ length: 100 }, async () => idOf(await ask('POST', '/tasks', LATER))),
  );
  t.match((await ask('DELETE', '/environment/data')).json(), { referencing_tasks: { length: 100 } });
  const over = async (id: number): Promise<void> => {
    const now = Date.UTC(2100, 0, 1);
    await all.api.executor.execute(
      tasks,
      String(id),
      { kind: 'decideSlots', taskId: id, now, permitted: false },
      commandContext(),
    );
  };
  for (const id of ids) await over(id);
  await deleted(ask);
  t.match((await ask('GET', `/tasks/${ids[0]}`)).json(), {
    task: { conda_env: 'data', status: 'failed', skipped: { reason: 'not_permitted' } },
  });

  async function deleted(by: Ask): Promise<void> {
    t.equal((await by('DELETE', '/environment/data')).status, 204);
  }
});

void t.test('refuses names that look like numbers or are invisible', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const before = (await all.api.events()).length;
  for (const name of ['123', '\u200b', ' '])
    t.equal((await ask('POST', '/tasks', { ...LATER, task_name: name })).status, 400, JSON.stringify(name));
  t.equal((await ask('POST', '/environment', { name: '\u3164' })).status, 400);
  t.equal((await ask('PUT', '/environment/data', { new_name: '\u3164\u3164' })).status, 400);
  t.equal((await all.api.events()).length, before);
  t.equal((await ask('POST', '/tasks', { ...LATER, task_name: '2024-01' })).status, 201);
});

void t.test('finds an environment by any Unicode form of its name', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  const [composed, apart] = ['NFC', 'NFD'].map((form) => 'Größe'.normalize(form)) as [string, string];
  await make(all, ask, apart);
  for (const name of [composed, apart])
    t.equal((await ask('GET', `/environment/${encodeURIComponent(name)}`)).status, 200, name);
  t.match(
    (await ask('POST', '/tasks', { ...LATER, conda_env: composed, reuse_env: true, task_name: apart }))
      .status,
    201,
  );
  t.equal(
    (await ask('POST', '/tasks', { ...LATER, conda_env: apart, task_name: composed })).status,
    400,
    'the name is taken in another Unicode form',
  );
});
