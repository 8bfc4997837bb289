import t from 'tap';
import { services } from '#domain/services/service/index.js';
import { templateIdOf } from '#domain/services/template/index.js';
import { openGroup } from '#src/fleet/sealed-environments/index.js';
import { servicesSeedRoutes } from '../../../../fixtures/services-seed.js';
import { completed, CONFIG, servicesScene, type ServicesScene } from './scene.js';

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly config: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly custom_variables?: Readonly<Record<string, string>>;
  };
  readonly variables?: readonly { readonly name: string; readonly value: string; readonly from: string }[];
}

void t.test("responds to the contract's examples as documented", async (t) => {
  const { as } = await servicesScene(t);
  const [create, update] = ['POST /api/v1/services', 'PUT /api/v1/services/:id'].map((route) =>
    servicesSeedRoutes().find((each) => each.route === route),
  );
  const said = await as('ann', 'POST', '/services', create?.request);
  t.equal(said.status, 201, said.body);
  const made = said.json() as Shown;
  t.match(made, { ...(create?.request as object), status: 'stopped' });
  t.match((await as('ann', 'GET', `/services/${made.id}`)).json(), {
    ...(create?.request as object),
    id: made.id,
  });
  t.match((await as('ann', 'GET', '/services')).json(), {
    services: [{ id: made.id, deployments: [] }],
    total: 1,
  });
  const changed = await as('ann', 'PUT', `/services/${made.id}`, update?.request);
  t.equal(changed.status, 200, changed.body);
  t.match(changed.json(), update?.request);
  t.match((await as('ann', 'POST', `/services/${made.id}/start`)).json(), {
    message: 'Service deployment started',
    deployment: {
      service_id: made.id,
      status: 'pending',
      nomad_job_id: /^[0-9a-z]{1,8}-my-updated-postgres-db-\d+$/,
    },
  });
  t.same((await as('ann', 'GET', `/services/${made.id}/logs`)).json(), { logs: [] });
  const file = await as('ann', 'GET', `/services/${made.id}/logs?download=true`);
  t.same(
    [file.status, file.body, file.headers['content-disposition']],
    [200, '', `attachment; filename="service-${made.id}.log"`],
  );
  t.equal((await as('ann', 'GET', `/services/${made.id}/logs?since=yesterday`)).status, 400);
  t.match((await as('ann', 'GET', `/services/${made.id}/logs?deployment=9`)).json(), {
    error: 'the service has no deployment 9',
  });
  t.match((await as('ann', 'GET', `/services/${made.id}/metrics`)).json(), {
    metrics: { cpu_usage: null, memory_usage: null, allocation_id: null },
  });
  t.same((await as('ann', 'GET', `/services/${made.id}/metrics/history`)).json(), {
    interval_seconds: 30,
    instances: [],
  });
  t.same((await as('ann', 'POST', `/services/${made.id}/stop`)).json(), {
    message: 'Service stopped successfully',
  });
  t.same((await as('ann', 'DELETE', `/services/${made.id}`)).json(), {
    message: 'Service deleted successfully',
  });
  t.same((await as('ann', 'GET', `/services/${made.id}`)).json(), { error: 'Service not found' });
});

void t.test("returns the contract's message for every error", async (t) => {
  const { as, api, service, told } = await servicesScene(t, { MUSTER_MAX_SERVICES_PER_TENANT: '2' });
  const id = await service('web');
  const refused = async (said: ReturnType<typeof as>, status: number, error: string): Promise<void> => {
    const { status: code, body } = await said;
    t.same([code, JSON.parse(body)], [status, { error }]);
  };
  await refused(
    as('ann', 'POST', '/services', { name: 'x', type: 'web', config: CONFIG }),
    400,
    'Service already exists for this tenant',
  );
  await service('queue');
  await refused(
    as('ann', 'POST', '/services', { name: 'x', type: 'third', config: CONFIG }),
    400,
    'Tenant has reached maximum number of services',
  );
  t.match(
    (await api.events())
      .filter(({ type }) => type === 'QuotaRefused')
      .map(({ data }) => JSON.parse(data) as object),
    [{ quota: 'services', limit: 2, used: 2 }],
    'the refusal is an event',
  );
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/stop'],
    ['POST', '/restart'],
    ['GET', '/logs'],
    ['GET', '/metrics'],
    ['GET', '/metrics/history'],
    ['GET', '/deployments'],
    ['GET', '/versions'],
  ] as const) {
    const body = method === 'PUT' ? {} : undefined;
    await refused(as('ann', method, `/services/no-uuid${path}`, body), 400, 'Invalid service ID');
    await refused(
      as('ann', method, `/services/00000000-0000-4000-8000-000000000000${path}`, body),
      404,
      'Service not found',
    );
    await refused(as('eve', method, `/services/${id}${path}`, body), 404, 'Service not found');
    await refused(
      as('ann', method, `/services/${id}${path}`, body, { authorization: 'Bearer wrong' }),
      401,
      'Invalid or missing token',
    );
  }
  await refused(as('ann', 'POST', `/services/${id}/stop`), 400, 'Service is not running');
  await refused(as('ann', 'POST', `/services/${id}/restart`), 400, 'Service is not running');
  await as('ann', 'POST', `/services/${id}/start`);
  await refused(as('ann', 'POST', `/services/${id}/start`), 400, 'Service deployment already in progress');
  await told(id, completed(1));
  await refused(as('ann', 'POST', `/services/${id}/start`), 400, 'Service is already running');
  t.same((await as('ann', 'POST', `/services/${id}/restart`)).json(), {
    message: 'Service restarted successfully',
  });
});

void t.test(
  'shows a service to its whole tenant, but secrets only to accounts that may change it',
  async (t) => {
    const { as, service } = await servicesScene(t);
    const id = await service('web');
    for (const who of ['ann', 'tia', 'root'] as const)
      t.match(
        (await as(who, 'GET', `/services/${id}`)).json(),
        { config: { environment: { COLOUR: 'red' } } },
        who,
      );
    t.match((await as('bob', 'GET', `/services/${id}`)).json(), {
      config: { environment: { COLOUR: '***' } },
    });
    for (const [method, path] of [
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/start'],
    ] as const) {
      const said = await as('bob', method, `/services/${id}${path}`, method === 'PUT' ? {} : undefined);
      t.same([said.status, said.json()], [403, { error: 'Insufficient permissions' }]);
    }
    t.equal((await as('tia', 'POST', `/services/${id}/start`)).status, 200);
  },
);

void t.test('stores no secrets in events or read models in plain text', async (t) => {
  const { as, service, api } = await servicesScene(t);
  await service('web', { ...CONFIG, environment: { PASSWORD: 'very-secret-value' } });
  const redis = await as('ann', 'POST', '/services', {
    name: 'db',
    type: 'database',
    config: { nomad_job_file: 'redis.nomad' },
  });
  const generated =
    (redis.json() as Shown).variables?.find(({ from }) => from === 'generated')?.value ?? 'there is none';
  const text = (await api.events()).map(({ data }) => Buffer.from(data).toString()).join('\n');
  t.notMatch(text, 'very-secret-value');
  t.match(redis.body, generated);
  t.notMatch(text, generated);
  t.match(text, 'PASSWORD');
});

void t.test('hides a job file and texts with variables from other accounts and from events', async (t) => {
  const scene = await servicesScene(t);
  const { as, api } = scene;
  const secret = 'canary-of-the-job-file';
  const file = jobWith(
    `shm_size = 67108864\n args = ["--password=${secret}-args"]\n }\n env {\n PASSWORD = "${secret}-env"`,
  );
  const made = await as('ann', 'POST', '/services', {
    name: 'web',
    type: 'web',
    config: { nomad_job_file: file },
  });
  t.equal(made.status, 201, made.body);
  const { id } = made.json() as Shown;
  t.match(made.json(), { config: { nomad_job_file: file } });
  for (const who of ['ann', 'tia', 'root'] as const)
    t.match((await as(who, 'GET', `/services/${id}`)).json(), { config: { nomad_job_file: file } }, who);
  t.match((await as('bob', 'GET', `/services/${id}`)).json(), { config: { nomad_job_file: '***' } });
  t.match(await begunWith(scene, id), {
    args: [`--password=${secret}-args`],
    shm_size: 64,
    environment: { PASSWORD: `${secret}-env` },
  });
  const changed = await as('ann', 'PUT', `/services/${id}`, {
    config: { nomad_job_file: file.replace('-env', '-other') },
  });
  t.match(changed.json(), { version: 2, config: { nomad_job_file: /-other/ } });
  t.match(
    (await as('ann', 'PUT', `/services/${id}`, { config: (changed.json() as Shown).config })).json(),
    { version: 2 },
    'a configuration sent back as shown creates no version',
  );

  const variables = { WORD: `${secret}-word`, PATH: `${secret}-path` };
  const config = {
    image: 'web',
    args: ['--x={{WORD}}', 'plain'],
    command: 'run {{WORD}}',
    ports: [80],
    health: { type: 'http', path: '/{{PATH}}' },
    custom_variables: variables,
  };
  const other = (
    await as('ann', 'POST', '/services', { name: 'more', type: 'more', config })
  ).json() as Shown;
  t.match(await begunWith(scene, other.id), {
    args: [`--x=${secret}-word`, 'plain'],
    command: `run ${secret}-word`,
    checks: [{ path: `/${secret}-path` }],
    environment: {},
  });
  const probe = { ...config, ports: undefined, health: { type: 'exec', command: ['check', '{{WORD}}'] } };
  const third = await as('ann', 'POST', '/services', { name: 'third', type: 'third', config: probe });
  t.equal(third.status, 201, third.body);
  t.match(await begunWith(scene, (third.json() as Shown).id), {
    checks: [{ command: ['check', `${secret}-word`] }],
  });

  for (const { id: each } of [{ id }, other, third.json() as Shown]) {
    for (const path of ['', '/versions', '/deployments', '/events'])
      t.notMatch((await as('bob', 'GET', `/services/${each}${path}`)).body, secret, path);
    for (const path of ['/versions', '/deployments', '/events'])
      t.notMatch((await as('ann', 'GET', `/services/${each}${path}`)).body, secret, path);
    await as('ann', 'POST', `/services/${each}/start`);
  }
  t.match((await as('ann', 'GET', `/services/${id}/versions`)).body, /"path":"nomad_job_file"/);
  t.notMatch((await as('ann', 'POST', `/services/${other.id}/preview`, { config })).body, secret);
  t.notMatch((await api.events()).map(({ data }) => Buffer.from(data).toString()).join('\n'), secret);
});

void t.test('fills missing fields from a template, and keeps generated values', async (t) => {
  const { as } = await servicesScene(t);
  const config = { nomad_job_file: 'postgresql.nomad', custom_variables: { DB_NAME: 'shop' } };
  const said = await as('ann', 'POST', '/services', { name: 'db', type: 'database', config });
  t.equal(said.status, 201, said.body);
  const { id, variables = [], config: shown } = said.json() as Shown;
  t.same(shown, config, 'the configuration is shown as submitted');
  const passwordOf = (answer: typeof said) =>
    (answer.json() as Shown).variables?.find(({ name }) => name === 'DB_PASSWORD');
  t.match(passwordOf(said), { from: 'generated', value: /^[A-Za-z0-9]{24}$/ });
  const changed = await as('ann', 'PUT', `/services/${id}`, {
    config: { ...config, custom_variables: { DB_NAME: 'other' } },
  });
  t.match(changed.json(), {
    version: 2,
    variables: variables.map((each) => (each.name === 'DB_NAME' ? { ...each, value: 'other' } : each)),
  });
  const chosen = await as('ann', 'PUT', `/services/${id}`, {
    config: { ...config, custom_variables: { DB_NAME: 'shop', DB_PASSWORD: 'of my own' } },
  });
  t.match(passwordOf(chosen), { from: 'given', value: 'of my own' });
  const unnamed = await as('ann', 'PUT', `/services/${id}`, { config });
  t.match(
    passwordOf(unnamed),
    { value: 'of my own' },
    'a submitted password is kept as well, because stored data depends on it',
  );
  const bob = (await as('bob', 'GET', `/services/${id}`)).json() as Shown;
  t.same([bob.variables, bob.config.custom_variables], [undefined, { DB_NAME: '***' }]);
});

async function begunWith({ api }: ServicesScene, serviceId: string): Promise<object> {
  const state = await api.executor.load(services, serviceId);
  const work = state.kind === 'present' ? state.versions.get(state.version)?.work : undefined;
  const [task] = work === undefined ? [] : (await openGroup(api.identity.sealer, work)).tasks;
  return { ...task?.config, environment: task?.env, checks: task?.checks };
}

void t.test("returns a template's configuration as submitted, and fills its variables", async (t) => {
  const scene = await servicesScene(t);
  const { as } = scene;
  for (const link of [{}, { nomad_job_file: undefined }]) {
    const { config } = (await as('ann', 'GET', `/templates/${templateIdOf('postgresql')}`)).json() as {
      config: object;
    };
    const variables = { DB_NAME: 'shop', DB_USER: 'owner', DB_PASSWORD: 'it"s {{DB_NAME}}' };
    const said = await as('ann', 'POST', '/services', {
      name: 'db',
      type: 'nomad_job_file' in link ? 'one' : 'other',
      config: { ...config, ...link, custom_variables: variables },
    });
    t.equal(said.status, 201, said.body);
    t.match(
      said.json(),
      { config: { environment: { POSTGRES_PASSWORD: '{{DB_PASSWORD}}' }, custom_variables: variables } },
      'the configuration is shown as submitted',
    );
    t.match(await begunWith(scene, (said.json() as Shown).id), {
      image: 'postgres:17',
      environment: { POSTGRES_USER: 'owner', POSTGRES_PASSWORD: 'it"s {{DB_NAME}}', POSTGRES_DB: 'shop' },
    });
  }
});

void t.test('fills variables in submitted texts with generated and default values', async (t) => {
  const scene = await servicesScene(t);
  const { config } = (await scene.as('ann', 'GET', `/templates/${templateIdOf('postgresql')}`)).json() as {
    config: { environment: object };
  };
  const environment = { ...config.environment, NOTE: 'for {{TEAM}}: {{DB_NAME}}', GUILD: '{{GUILD}}' };
  const body = {
    name: 'db',
    type: 'database',
    config: { ...config, environment, custom_variables: { TEAM: 'sales', GUILD: 5 } },
  };
  const raw = JSON.stringify(body).replace('"GUILD":5', '"GUILD":123456789012345678');
  const said = await scene.as('ann', 'POST', '/services', raw, { 'content-type': 'application/json' });
  t.equal(said.status, 201, said.body);
  const { id, variables = [] } = said.json() as Shown;
  t.same(
    variables.map(({ name, from }) => [name, from]),
    [
      ['DB_USER', 'default'],
      ['DB_PASSWORD', 'generated'],
      ['DB_NAME', 'default'],
    ],
    'only variables of the template are listed',
  );
  const password = variables.find(({ name }) => name === 'DB_PASSWORD')?.value;
  const begun = {
    POSTGRES_USER: 'postgres',
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: 'app',
    NOTE: 'for sales: app',
    GUILD: '123456789012345678',
  };
  t.match(await begunWith(scene, id), { environment: begun });
  const changed = await scene.as('ann', 'PUT', `/services/${id}`, {
    config: { ...body.config, custom_variables: { TEAM: 'ops', GUILD: 'x' } },
  });
  t.equal(changed.status, 200, changed.body);
  t.match(
    await begunWith(scene, id),
    { environment: { POSTGRES_PASSWORD: password, NOTE: 'for ops: app', GUILD: 'x' } },
    'the password is unchanged',
  );
  const bound = await scene.as('ann', 'PUT', `/services/${id}`, {
    config: {
      ...config,
      environment: { ...environment, POSTGRES_USER: '{{OWNER}}' },
      custom_variables: { TEAM: 'a', GUILD: 'b', OWNER: 'carla' },
    },
  });
  t.match(
    (bound.json() as Shown).variables?.find(({ name }) => name === 'DB_USER'),
    { value: 'carla' },
    'the variable of the template shows the value in use',
  );
});

void t.test('fills variables without a template', async (t) => {
  const scene = await servicesScene(t);
  const config = {
    image: 'web:{{TAG}}',
    ports: [80],
    environment: { A: '{{WORD}}{{WORD}} {{YES}}', B: '{{NUMBER}}' },
    args: ['--name={{WORD}}', '{{WORD}}'],
    command: 'serve {{WORD}}',
    health: { type: 'http', path: '/{{WORD}}' },
    volumes: [{ name: 'data', path: '/data/{{WORD}}' }],
    custom_variables: { TAG: '1.10', WORD: '{{TAG}}', NUMBER: 5, YES: true, unused: 'x' },
  };
  const said = await scene.as('ann', 'POST', '/services', { name: 'web', type: 'web', config });
  t.equal(said.status, 201, said.body);
  const { id } = said.json() as Shown;
  t.match(await begunWith(scene, id), {
    image: 'web:1.10',
    environment: { A: '{{TAG}}{{TAG}} true', B: '5' },
    args: ['--name={{TAG}}', '{{TAG}}'],
  });
  const { rendered } = (await scene.as('ann', 'POST', `/services/${id}/preview`, { config })).json() as {
    rendered: object;
  };
  t.match(
    rendered,
    { tasks: [{ config: { image: 'web:***' }, args: ['--name=***', '***'] }] },
    'the values of variables are masked in a preview',
  );
  const file = jobWith('args = ["{{WORD}}"]').replace('image = "a"', 'image = "a:{{TAG}}"');
  const changed = await scene.as('ann', 'PUT', `/services/${id}`, {
    config: { nomad_job_file: file, custom_variables: { TAG: 2, WORD: 'w' } },
  });
  t.equal(changed.status, 200, changed.body);
  t.match(await begunWith(scene, id), { image: 'a:2', args: ['w'] });
  const unset = await scene.as('ann', 'PUT', `/services/${id}`, {
    config: { nomad_job_file: file, environment: { A: '{{MORE}}' } },
  });
  t.same(
    [unset.status, (unset.json() as { error: string }).error],
    [400, 'these variables need a value: MORE, TAG, WORD'],
  );
});

function jobWith(line: string, block = ''): string {
  return `job "x" {\n group "g" {\n task "t" {\n driver = "docker"\n config {\n image = "a"\n ${line}\n }\n }\n ${block}\n }\n}`;
}

/** Options that would give a container more access to its node than services have. */
const SMUGGLED = [
  'volumes = ["/etc:/etc"]',
  'volumes = ["../x:/x"]',
  'mounts = [{ type = "bind", source = "/", target = "/host" }]',
  'mount {\n type = "bind"\n source = "/"\n target = "/x"\n }',
  'devices = [{ host_path = "/dev/sda" }]',
  'cap_add = ["SYS_ADMIN"]',
  'network_mode = "host"',
  'pid_mode = "host"',
  'ipc_mode = "host"',
  'security_opt = ["seccomp=unconfined"]',
  'userns_mode = "host"',
  'extra_hosts = ["a:1"]',
  'runtime = "x"',
  'storage_opt = { size = "1T" }',
  'sysctl = { "kernel.shmmax" = "1" }',
];

void t.test('responds 400 to an invalid configuration, reports the field, and records nothing', async (t) => {
  const { as, api } = await servicesScene(t);
  const before = (await api.events()).length;
  const cases: readonly (readonly [object, RegExp])[] = [
    [{}, /config\.image: is required/],
    [{ image: 'web', privileged: true }, /privileged/],
    [{ image: 'web', devices: ['/dev/sda'] }, /devices/],
    [{ image: 'web', volumes: [{ name: 'data', path: '/etc/../root' }] }, /volumes\[0\]\.path/],
    [{ image: 'web', volumes: [{ name: '/etc', path: '/data' }] }, /volumes\[0\]\.name/],
    [{ image: 'web', volumes: [{ name: 'a', path: '/data' }], count: 2 }, /config\.count: must be 1/],
    [{ image: '--privileged' }, /config\.image/],
    [{ image: 'web', ports: [0] }, /config\.ports/],
    [{ image: 'web', ports: Array.from({ length: 1000 }, (_, port) => port + 1) }, /config\.ports/],
    [{ image: 'web', ports: [80, 80] }, /config\.ports/],
    ...['A=B', '', '1A', 'A B', 'A\n', 'A\u0000', 'Ä', 'A-B', '$(id)', '{{A}}'].map(
      (name) => [{ image: 'web', environment: { [name]: 'x' } }, /config\.environment/] as const,
    ),
    [{ image: 'web', environment: { A: 'nul\u0000' } }, /config\.environment/],
    [{ image: 'web', health: { type: 'tcp' } }, /config\.health\.port/],
    [
      {
        image: 'web:{{TAG}}',
        environment: { A: '{{B}}-{{TAG}}' },
        args: ['{{C}}'],
        custom_variables: { B: 'x' },
      },
      /need a value: TAG, C/,
    ],
    [{ image: 'web:{{TAG}}', custom_variables: { TAG: 'not a tag' } }, /config\.image: the tag/],
    [
      { nomad_job_file: jobWith('').replace('"a"', '"a:{{TAG}}"'), custom_variables: { TAG: 'not a tag' } },
      /is invalid at image: the tag/,
    ],
    [{ image: 'web', environment: { A: '{{A}}' }, custom_variables: { A: 'x\u0000' } }, /NUL/],
    [{ image: 'web', environment: { A: '{{ENDPOINT}}' } }, /need a value: ENDPOINT/],
    [{ nomad_job_file: 'postgresql.nomad', args: ['{{MORE}}'] }, /need a value: MORE/],
    [{ nomad_job_file: 'nothing.nomad' }, /config\.nomad_job_file: no template has/],
    [{ nomad_job_file: 'postgresql.nomad', custom_variables: { NOTHING: 'x' } }, /no variable NOTHING/],
    [{ nomad_job_file: 'job "x" {\n group "g" {\n task "t" {\n driver = "raw_exec"\n }\n }\n}' }, /:4:/],
    [
      {
        nomad_job_file:
          'job "x" {\n group "g" {\n task "t" {\n driver = "docker"\n config {\n image = "a"\n privileged = true\n }\n }\n }\n}',
      },
      /privileged.*:7:|:7:.*privileged/,
    ],
    ...SMUGGLED.map(
      (line) => [{ nomad_job_file: jobWith(line) }, /config\.nomad_job_file: nomad_job_file:[78]:/] as const,
    ),
    [
      { nomad_job_file: jobWith('ports = ["http"]', 'network {\n port "http" {\n static = 22\n }\n }') },
      /config\.nomad_job_file: .*static port/,
    ],
    [
      { nomad_job_file: jobWith('args = []', 'volume "x" {\n type = "host"\n source = "/etc"\n }') },
      /config\.nomad_job_file: .*host directories/,
    ],
    [{ nomad_job_file: jobWith('args = []', 'network {\n mode = "host"\n }') }, /config\.nomad_job_file: /],
    [
      {
        nomad_job_file: jobWith(
          'args = []',
          'constraint {\n attribute = "${node.unique.name}"\n value = "n1"\n }',
        ),
      },
      /config\.nomad_job_file: /,
    ],
    [{ image: 'web', command: 'x', network_mode: 'host' }, /network_mode/],
    [{ image: 'web', cap_add: ['SYS_ADMIN'] }, /cap_add/],
    [{ image: 'web', mounts: [{ type: 'bind', source: '/', target: '/host' }] }, /mounts/],
    [{ image: 'web', volumes: [{ name: 'data', path: '/data', source: '/etc' }] }, /source/],
    [{ image: 'web', volumes: ['/etc:/etc'] }, /config\.volumes/],
    [{ image: 'web', user: 'root' }, /user/],
  ];
  for (const [config, problem] of cases) {
    const said = await as('ann', 'POST', '/services', { name: 'x', type: 'web', config });
    t.equal(said.status, 400, JSON.stringify(config).slice(0, 100));
    t.match(said.body, problem);
  }
  for (const type of ['', 'Web', 'a b', '-a', '../x', 'x'.repeat(64)])
    t.equal((await as('ann', 'POST', '/services', { name: 'x', type, config: CONFIG })).status, 400, type);
  t.equal((await api.events()).length, before);
});

void t.test('returns environment values that look like syntax unchanged', async (t) => {
  const { as, service } = await servicesScene(t);
  const environment = {
    A: '{{b}} {{ .B }} {{B',
    B: '$(id) `id` ; rm -rf /',
    C: '${HOME}',
    D: 'a: [b, {c',
    E: '{"x":1}',
    F: 'job "x" {\n}',
  };
  const id = await service('web', { ...CONFIG, environment });
  t.match((await as('ann', 'GET', `/services/${id}`)).json(), { config: { environment } });
});

void t.test('never treats values of variables as syntax', async (t) => {
  const { as } = await servicesScene(t);
  const hostile = [
    '{{DB_PASSWORD}}',
    '"\n privileged = true\n x = "',
    '${x} $(id)`id`',
    '{"a": [1',
    'a: &x [*x]\n- b',
    "'; DROP TABLE a; --",
    '%7B%00',
    'a@b:c/d?e#f',
  ];
  for (const [index, value] of hostile.entries()) {
    const config = {
      nomad_job_file: 'postgresql.nomad',
      custom_variables: { DB_NAME: value, DB_PASSWORD: value },
    };
    const said = await as('ann', 'POST', '/services', { name: 'db', type: `database-${index}`, config });
    t.equal(said.status, 201, said.body);
    const { id, variables = [] } = said.json() as Shown;
    for (const name of ['DB_NAME', 'DB_PASSWORD'])
      t.equal(variables.find((each) => each.name === name)?.value, value);
    const { rendered } = (await as('ann', 'POST', `/services/${id}/preview`)).json() as {
      rendered: { tasks: object[] };
    };
    t.equal(rendered.tasks.length, 1);
    t.match(rendered.tasks[0], { config: { image: /^postgres:/ } });
    t.notOk(JSON.stringify(rendered).includes('privileged'));
  }
});

void t.test('returns the same service for a repeated key, and 422 for another body', async (t) => {
  const { as } = await servicesScene(t);
  const body = { name: 'x', type: 'web', config: { nomad_job_file: 'redis.nomad' } };
  const key = { 'idempotency-key': 'once' };
  const first = await as('ann', 'POST', '/services', body, key);
  const again = await as('ann', 'POST', '/services', body, key);
  t.same([again.status, again.json()], [201, first.json()]);
  t.equal((await as('ann', 'POST', '/services', { ...body, name: 'y' }, key)).status, 422);
  t.match((await as('ann', 'GET', '/services')).json(), { total: 1 });
});

void t.test('refuses names that look like an id or are invisible', async (t) => {
  const { as, service } = await servicesScene(t);
  const id = await service('web');
  for (const name of [id, id.toUpperCase(), '\u200b', '\u3164', ' \u2800']) {
    const made = await as('ann', 'POST', '/services', { name, type: 'other', config: CONFIG });
    const changed = await as('ann', 'PUT', `/services/${id}`, { name });
    for (const said of [made, changed])
      t.same(
        [said.status, /name: must (not be a UUID|contain a visible character)/.test(said.body)],
        [400, true],
        JSON.stringify(name),
      );
  }
  for (const name of ['2024', '夜', 'web-1'])
    t.equal((await as('ann', 'PUT', `/services/${id}`, { name })).status, 200, name);
});

void t.test('a service has the size of /dev/shm that it asks for, up to its memory', async (t) => {
  const { api, as } = await servicesScene(t);
  const create = async (config: object) =>
    await as('ann', 'POST', '/services', { name: 'shm', type: 'shm', config: { image: 'web:1', ...config } });
  const refused = await create({ shm_size: 256 });
  t.equal(refused.status, 400);
  t.match(refused.body, /config\.shm_size: must be at most the memory limit \(128 MiB\)/);
  t.match((await create({ shm_size: 256, resources: { memory: 256 } })).json(), {
    config: { shm_size: 256 },
  });
  const made = (await api.events()).find(({ type }) => type === 'ServiceConfigured');
  t.match(JSON.parse(Buffer.from(made?.data ?? '').toString()), {
    work: { tasks: [{ config: { shm_size: 256 } }] },
  });
});
