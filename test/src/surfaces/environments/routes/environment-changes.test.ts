import t from 'tap';
import { lockText } from '#domain/drivers/conda/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { BuildEnd } from '#domain/environments/environment/index.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { built, lockOf, make, scene, SHA } from './scene.js';

void t.test('creates, lists, shows and counts an environment as in the contract', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  t.same((await ask('GET', '/environments')).json(), []);
  t.match((await ask('GET', '/stats')).json(), {
    total_environments: 0,
    latest_created: null,
    total_disk_usage: 0,
    environment_usage: [],
    package_stats: [],
  });
  const made = await make(all, ask, 'Analyse-β', { python: '3.11.9', numpy: '1.24.3' });
  t.equal(made.status, 201);
  const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
  t.match(made.json(), {
    success: true,
    message: 'Environment created successfully',
    environment: { name: 'Analyse-β', created_at: time },
  });
  const listed = {
    name: 'Analyse-β',
    python_version: '3.11.9',
    packages: ['numpy==1.24.3', 'python==3.11.9'],
    created_at: time,
  };
  t.match((await ask('GET', '/environments')).json(), [listed]);
  t.match((await ask('GET', `/environment/${encodeURIComponent('Analyse-β')}`)).json(), {
    name: 'Analyse-β',
    python_version: '3.11.9',
    created_at: /^\d{4}-\d\d-\d\d$/,
    generation: 1,
    created_by_me: true,
    usage_stats: { total_tasks: 0, success_rate: 0, avg_execution_time: 0, disk_usage: 1.23 },
    packages: [
      { name: 'numpy', version: '1.24.3' },
      { name: 'python', version: '3.11.9' },
    ],
  });
  t.match((await ask('GET', '/stats')).json(), {
    total_environments: 1,
    active_environments: 0,
    total_disk_usage: 1.23,
    latest_created: { name: 'Analyse-β', created_at: time },
    environment_usage: [{ name: 'Analyse-β', usage_percent: 0 }],
    package_stats: [{ name: 'Analyse-β', package_count: 2 }],
  });
  t.match((await ask('GET', '/environment/nothing')).json(), {
    success: false,
    message: 'Environment not found',
  });
});

void t.test(
  'adds and removes packages as generations, which can be compared, exported and restored',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    await make(all, ask, 'data', { python: '3.11.9' });
    const installing = ask('POST', '/environment/data/packages', { packages: ['numpy>=1.24'] });
    await all.end(built({ python: '3.11.9', numpy: '1.24.3' }));
    t.same((await installing).json(), {
      success: true,
      message: 'Packages installed successfully',
      environment: 'data',
      installed_packages: ['numpy>=1.24'],
    });
    const removing = ask('DELETE', '/environment/data/packages', { packages: ['numpy'] });
    await all.end(built({ python: '3.11.10' }));
    t.same((await removing).json(), {
      success: true,
      message: 'Packages removed successfully',
      environment: 'data',
      removed_packages: ['numpy'],
    });
    t.match((await ask('GET', '/environment/data/generations')).json(), {
      generations: [
        { generation: 3, current: true, created_at_utc: /^\d{4}-\d\d-\d\dT.*Z$/ },
        { generation: 2, current: false, package_count: 2 },
        { generation: 1 },
      ],
    });
    t.same((await ask('GET', '/environment/data/generations/2/diff/3')).json(), {
      environment: 'data',
      from: 2,
      to: 3,
      added: [],
      removed: [{ name: 'numpy', version: '1.24.3' }],
      changed: [{ name: 'python', from: '3.11.9', to: '3.11.10' }],
    });
    t.equal((await ask('GET', '/environment/data/generations/2/diff/9')).status, 404);
    t.match((await ask('POST', '/environment/data/rollback', { generation: 2 })).json(), {
      success: true,
      generation: 2,
    });
    t.match((await ask('GET', '/environment/data')).json(), {
      generation: 2,
      packages: [{ name: 'numpy' }, { name: 'python' }],
    });
    t.match((await ask('GET', '/environments')).json(), [
      { name: 'data', packages: ['numpy==1.24.3', 'python==3.11.9'] },
    ]);
    t.equal(
      (await ask('GET', '/environment/data/export?format=lock')).body,
      `${lockText(lockOf({ python: '3.11.9', numpy: '1.24.3' }))}\n`,
    );
    t.equal(
      (await ask('GET', '/environment/data/export')).body,
      `# platform: linux-64\n@EXPLICIT\nhttps://c.example/forge/noarch/python-3.11.9-0.conda#sha256:${SHA}\nhttps://c.example/forge/noarch/numpy-1.24.3-0.conda#sha256:${SHA}\n`,
    );
    t.equal(
      (await ask('GET', '/environment/data/export?format=yaml')).body,
      'name: "data"\nchannels:\n  - "https://c.example/forge"\ndependencies:\n  - "python"\n  - "numpy>=1.24"\n',
    );
  },
);

void t.test(
  'exports packages of pip as an environment.yml, and no explicit list without packages',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    const asked = ask('POST', '/environment', { name: 'web', requirements: ['requests>=2'] });
    const url = 'https://p.example/requests-2.31.0.whl';
    const pip = [{ name: 'requests', version: '2.31.0', url, sha256: SHA, size: 1 }];
    const lock = { ...lockOf({}), channels: [], pip };
    const took = { solve: 1, build: 1 };
    await all.end({ outcome: 'built', backend: 'venv', hash: SHA, lock, disk: 1, took });
    t.equal((await asked).status, 201);
    t.equal(
      (await ask('GET', '/environment/web/export')).body,
      'name: "web"\ndependencies:\n  - "python"\n  - "pip"\n  - pip:\n      - "requests>=2"\n',
    );
    const refused = await ask('GET', '/environment/web/export?format=explicit');
    t.equal(refused.status, 400);
    t.match(refused.body, 'Use yaml or lock');
  },
);

void t.test('refuses a lock with a package that is larger than a build may download', async (t) => {
  const ask = await (await scene(t)).as('ann');
  const lock = lockOf({ python: '3.11.9' });
  const packages = lock.packages.map((each) => ({ ...each, size: 8_000_000_001 }));
  const refused = await ask('POST', '/environment', { name: 'data', lock: { ...lock, packages } });
  t.equal(refused.status, 400);
  t.match(refused.body, 'each package at most 8000000000 bytes');
});

void t.test('reports the cause for each package of a failed build, and changes nothing', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  const failed = {
    outcome: 'failed',
    step: 'solve',
    failed: [
      { name: 'nope', why: 'not_found' },
      { name: 'old', why: 'conflict' },
    ],
  } as const satisfies BuildEnd;
  const creating = ask('POST', '/environment', { name: 'data', packages: ['nope', 'old'] });
  await all.end(failed);
  const details = [
    "Package 'nope' not found in available channels",
    "Package 'old' has conflicts with existing packages",
  ];
  t.equal((await creating).status, 400);
  t.match((await creating).json(), {
    success: false,
    message: 'Failed to create environment',
    failed_packages: ['nope', 'old'],
    error_details: details,
  });
  t.equal((await ask('GET', '/environment/data')).status, 404);
  t.equal((await make(all, ask, 'data')).status, 201, 'the name of a failed build can be used again');
  const installing = ask('POST', '/environment/data/packages', { packages: ['nope', 'old'] });
  await all.end(failed);
  t.match((await installing).json(), {
    success: false,
    message: 'Failed to install packages',
    failed_packages: ['nope', 'old'],
    error_details: details,
    error: String,
  });
  t.match((await ask('GET', '/environment/data')).json(), { generation: 1 });
  const absent = await ask('DELETE', '/environment/data/packages', { packages: ['numpy'] });
  t.equal(absent.status, 400);
  t.match(absent.json(), {
    message: 'Failed to remove packages',
    failed_packages: ['numpy'],
    error_details: ["Package 'numpy' is not installed"],
  });
  const adding = ask('POST', '/environment/data/packages', { packages: ['jinja2'] });
  await all.end(built({ python: '3.11.9', jinja2: '3.1.6', markupsafe: '3.0.2' }));
  t.equal((await adding).status, 200);
  const needed = await ask('DELETE', '/environment/data/packages', { packages: ['markupsafe'] });
  t.equal(needed.status, 400);
  t.match(needed.json(), {
    message: 'Failed to remove packages',
    failed_packages: ['markupsafe'],
    error_details: [/^Package 'markupsafe' was not requested by itself: other packages need it/],
  });
});

void t.test(
  'gives a name to only one environment in twenty concurrent renames, and frees the old name',
  async (t) => {
    const all = await scene(t);
    const ask = await all.as('ann');
    for (const name of ['a', 'b', 'c']) await make(all, ask, name);
    const renamed = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) =>
          await ask('PUT', `/environment/${index % 2 === 0 ? 'a' : 'b'}`, { new_name: 'taken' }),
      ),
    );
    const statuses = renamed.map(({ status }) => status);
    t.ok(statuses.includes(200));
    const names = (await ask('GET', '/environments')).json() as { name: string }[];
    t.equal(names.filter(({ name }) => name === 'taken').length, 1);
    const onto = await ask('PUT', '/environment/c', { new_name: 'taken' });
    t.equal(onto.status, 400);
    t.same(onto.json(), {
      success: false,
      message: 'Environment with this name already exists',
      error: 'Cannot rename environment to an existing name',
    });
    t.match((await ask('PUT', '/environment/c', { new_name: 'd' })).json(), {
      success: true,
      message: 'Environment renamed successfully',
      old_name: 'c',
      new_name: 'd',
      updated_tasks_count: 0,
    });
    t.equal((await make(all, ask, 'c')).status, 201);
  },
);

void t.test('refuses invalid names, packages and versions, and reports the field', async (t) => {
  const { as } = await scene(t);
  const ask = await as('ann');
  for (const name of [
    '',
    '../x',
    'a b',
    'base',
    'ROOT',
    '-n',
    'x'.repeat(101),
    '..',
    'a/b',
    'a\u0000',
    'a\n',
  ])
    t.match(
      await ask('POST', '/environment', { name }),
      { status: 400, body: /name/ },
      JSON.stringify(name).slice(0, 30),
    );
  for (const spec of ['--file=x', 'git+https://x/y', './x', 'https://x/y.conda', 'a b c', 'x\n'])
    t.match(
      await ask('POST', '/environment', { name: 'x', packages: [spec] }),
      { status: 400, body: /packages/ },
      spec,
    );
  t.equal((await ask('POST', '/environment', { name: 'x', python_version: '3.11 --x' })).status, 400);
  t.equal((await ask('POST', '/environment', { name: 'x', prefix: '/' })).status, 400);
});

void t.test(
  'shows environments only to their tenant, and lets only owner and administrators change them',
  async (t) => {
    const all = await scene(t);
    const ann = await all.as('ann');
    await make(all, ann, 'data');
    const [bob, head, eve] = [
      await all.as('bob'),
      await all.as('head', { role: 'tenant_admin' }),
      await all.as('eve', { tenantId: 'two' }),
    ];
    t.match((await bob('GET', '/environment/data')).json(), { created_by_me: false });
    const refused = (error: string) => ({
      success: false,
      message: 'Unauthorized - Insufficient privileges',
      error,
    });
    const changes: readonly (readonly [string, string, unknown, string])[] = [
      [
        'PUT',
        '/environment/data',
        { new_name: 'x' },
        'You do not have permission to modify this environment',
      ],
      [
        'POST',
        '/environment/data/packages',
        { packages: ['x'] },
        'You do not have permission to modify packages in this environment',
      ],
      [
        'DELETE',
        '/environment/data/packages',
        { packages: ['x'] },
        'You do not have permission to remove packages from this environment',
      ],
      ['DELETE', '/environment/data', undefined, 'You do not have permission to delete this environment'],
    ];
    for (const [method, path, body, error] of changes) {
      const said = await bob(method, path, body);
      t.equal(said.status, 403, path);
      t.same(said.json(), refused(error));
      t.same(
        [(await eve(method, path, body)).status],
        [404],
        'an environment of another tenant is not found',
      );
    }
    t.same((await eve('GET', '/environments')).json(), []);
    t.equal((await make(all, eve, 'data')).status, 201, 'another tenant can use the same name');
    t.equal((await head('DELETE', '/environment/data')).status, 204);
    t.equal((await ann('GET', '/environment/data')).status, 404);
    t.equal((await eve('GET', '/environment/data')).status, 200);
  },
);

void t.test('shows and cancels a running build, and returns the same build for a repeated key', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  const key = { 'idempotency-key': 'one' };
  const creating = ask('POST', '/environment', { name: 'data' }, key);
  const again = ask('POST', '/environment', { name: 'data' }, key);
  await eventually(async () => (await ask('GET', '/environment/data/builds')).status === 200);
  t.match((await ask('GET', '/environment/data/builds')).json(), {
    builds: [
      {
        build: 1,
        kind: 'create',
        asked: ['python'],
        status: 'placing',
        requested_at_utc: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        ended_at: null,
        ended_at_utc: null,
      },
    ],
  });
  t.equal(
    (await ask('GET', '/environment/data')).status,
    404,
    'the environment does not exist before its first build ends',
  );
  t.match((await ask('POST', '/environment/data/builds/1/cancel')).json(), { success: true });
  t.match((await creating).json(), { success: false, error: 'The build was cancelled' });
  t.match((await again).json(), { success: false, error: 'The build was cancelled' });
  t.equal((await ask('POST', '/environment/data/builds/1/cancel')).status, 404);
});

void t.test('returns the stored end of a build log that its node no longer has', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  const creating = ask('POST', '/environment', { name: 'data' });
  const end = built({ python: '3.11.9' });
  const nodeId = 'gone';
  const exited = {
    allocationId: 'a',
    jobId: 'conda.x.1',
    group: 'build',
    slot: 0,
    nodeId,
    task: 'build',
    status: 'complete',
  } as const;
  const result = await all.api.identity.sealer.seal(
    tenantSubject('one'),
    'result',
    JSON.stringify({ ...end, log: 'Solving\nReady\n' }),
  );
  await all.api.happened({
    type: 'TaskExited',
    data: { ...exited, startTime: 1, endTime: 2, exitCode: 0, error: null, message: null, result },
  });
  await all.end(end, { worker: nodeId, resultAt: 0 });
  t.equal((await creating).status, 201);
  for (const path of ['/environment/data/builds/1/log', '/environment/data/generations/1/log']) {
    const said = await ask('GET', path);
    t.equal(said.body, 'Solving\nReady\n', path);
    t.equal(said.headers['x-muster-log-end'], 'true');
  }
  t.equal((await ask('GET', '/environment/data/builds/1/log?tail=1')).body, 'Ready\n');
  t.match(
    (await ask('GET', '/environment/data/builds/1/log?follow=true')).body,
    /Solving[\s\S]*Ready[\s\S]*event: end/,
  );
  t.equal((await ask('GET', '/environment/data/builds/1/log?stream=stderr')).status, 404);
});
