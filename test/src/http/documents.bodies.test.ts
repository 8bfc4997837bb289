import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { openTestApi } from './support/test-api.js';
import { variationsOf, type Variation } from './support/variations.js';

// The tests send thousands of requests.
const PASSWORD = 'password123';
const MANY = 1_000_000;
const api = await openTestApi(
  t,
  { settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' } },
  undefined,
  {
    registrationsPerMinute: MANY,
    enrolmentsPerMinute: MANY,
    enrolledNodes: MANY,
    loginsPerMinute: MANY,
    loginFailures: MANY,
  },
);
await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
const { token } = (
  await api.say('POST', '/api/auth/login', { username: 'root', password: PASSWORD })
).json() as { token: string };

const TASK = {
  name: 'main',
  config: { image: 'nginx:1.27', port: 8080, container_port: 80, command: 'serve' },
  resources: { cpu: 100, memory: 64 },
  args: ['-x'],
  env: { LANG: 'C' },
  work_dir: '/srv',
  user: 'nobody',
  kill_timeout: 5,
  max_run_seconds: 60,
  tty: false,
  open_stdin: false,
};
const CONSTRAINT = { attribute: 'disk', operator: '=', value: 'ssd' };
const GROUP = {
  name: 'web',
  tasks: [TASK],
  constraints: [CONSTRAINT],
  count: 1,
  restart: { attempts: 1, delay: 5, mode: 'fail' },
  lost: 'replace',
};
const JOB = {
  task_groups: [GROUP],
  constraints: { rack: 'r1', disk: { operator: '=', value: 'ssd' } },
  priority: 50,
};
/** The fields of a group are tested in a submission. */
const SMALL = {
  task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' } }] }],
  constraints: { rack: 'r1' },
};
/** Kept apart from the other fields of a task, because together they would exceed the body limit. */
const CHECKS = [
  {
    name: 'ready',
    type: 'http',
    port: 80,
    path: '/',
    interval_seconds: 10,
    timeout_seconds: 3,
    grace_seconds: 30,
    failures: 3,
  },
  { type: 'exec', command: ['true'] },
];
const CHECKED = {
  task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' }, checks: CHECKS }] }],
};
const TEMPLATE = { ...SMALL, name: 'web', description: 'A web server' };
const NODE = {
  node_id: 'node-1',
  ip_address: '10.0.0.1',
  resources: { cpu: 1000, memory: 1024 },
  healthy: true,
  endpoint: 'http://10.0.0.1:9000',
  attributes: { disk: 'ssd' },
  drivers: ['exec'],
};
const REPORT = {
  status: 'running',
  start_time: 1,
  end_time: null,
  message: 'm',
  tasks: {
    main: {
      status: 'failed',
      start_time: 1,
      end_time: 2,
      error: 'e',
      exit_code: 1,
      message: 'm',
      usage: { memory_peak_mb: 1, cpu_peak: 1 },
      container_id: 'abc',
      prepared_time: 1,
      image_digest: 'nginx@sha256:00',
      checked: true,
      healthy: true,
      health_message: 'm',
      health_time: 1,
    },
  },
};
const CLAIM = {
  spec: {
    image: 'registry.example:5000/team/app:1',
    resources: { gpuCount: 1 },
    command: 'python3 train.py',
    args: ['--epochs'],
    env: { LANG: 'C' },
  },
};
const USER = { username: 'name', password: PASSWORD };

const CHANGES = [
  { drain: 'node-1' },
  { down: 'node-2' },
  { eligible: { node: 'node-3', to: false } },
  { add_nodes: { like: 'node-1', count: 10 } },
  { submit: { ...SMALL, job_id: 'hello' } },
  { stop: 'old' },
  { priority: { job: 'urgent', to: 90 } },
  { fit: SMALL },
];

/** A body with all fields for each operation. */
const BODIES: Readonly<Record<string, readonly object[]>> = {
  'POST /jobs': [{ ...JOB, job_id: 'hello' }, CHECKED],
  'POST /jobs/{job_id}/revert': [{ version: 3 }],
  'POST /jobs/{job_id}/revert/plan': [{ version: 3 }],
  'POST /jobs/{job_id}/scale': [{ group: 'main', count: 3 }],
  'POST /jobs/parse': [{ text: 'job_id: hello\n' }],
  'POST /jobs/plan': [{ ...SMALL, job_id: 'hello', priority: 50 }],
  'POST /what-if': [{ as_of: '1', horizon_seconds: 60, limit: 3, changes: CHANGES }],
  'PUT /jobs/{job_id}': [{ ...SMALL, job_id: 'hello', priority: 50 }],
  'POST /allocations/{allocation_id}/exec': [
    { task: 'serve', command: ['ls', '-l'], input: true, terminal: { rows: 24, columns: 80 } },
  ],
  'POST /allocations/{allocation_id}/exec/{session}/input': [{ number: 0, data: 'aGVsbG8K', end: true }],
  'POST /allocations/{allocation_id}/exec/{session}/resize': [{ rows: 24, columns: 80 }],
  'POST /templates': [TEMPLATE],
  'PUT /templates/{template_id}': [TEMPLATE],
  'POST /register': [NODE],
  'POST /heartbeat': [
    {
      node_id: 'node-1',
      resources: { cpu: 1000, cpu_used: 1 },
      healthy: true,
      timestamp: 1.5,
      allocations: { a: REPORT },
    },
  ],
  'POST /nodes/{node_id}/drain': [{ enable: true }],
  'POST /nodes/{node_id}/down': [{ reason: 'no power' }],
  'POST /nodes/{node_id}/eligibility': [{ eligible: true }],
  'POST /api/auth/register': [USER],
  'POST /api/auth/login': [USER],
  'PUT /api/auth/me/password': [{ current_password: 'another one', password: PASSWORD }],
  'POST /api/auth/users': [
    { ...USER, role: 'user', tenant_id: 'tenant', email: 'a@example.com', full_name: 'A Name' },
  ],
  'PUT /api/auth/users/{id}/role': [{ role: 'user' }],
  'PUT /api/auth/users/{id}/execution': [{ execute: true }],
  'PUT /api/auth/users/{id}/password': [{ password: PASSWORD }],
  'POST /api/auth/api-keys': [{ name: 'ci', scopes: ['cluster'], expires_in_seconds: 60 }],
  'POST /api/nodes/register': [{ hostname: 'gpu-node-01' }],
  'POST /api/gpu-claims': [CLAIM],
};

/** Valid and invalid images, and further cases that no single change produces. */
const FURTHER: Readonly<Record<string, readonly object[]>> = {
  'POST /jobs': [
    ...[{ port: 80 }, {}, { image: 'nginx' }, { command: 'true' }].flatMap((config) =>
      [{}, { tty: true }, { open_stdin: true }, { tty: false }].map((over) => ({
        task_groups: [{ name: 'web', tasks: [{ name: 'main', config, ...over }] }],
      })),
    ),
    ...['gpu.a', 'task.a', 'conda.a', 'service.a', 'gpu', 'gpua', 'my.gpu.a'].map((job_id) => ({
      ...JOB,
      job_id,
    })),
  ],
  'POST /templates': ['', ' ', '\t\n', ' a ', '\u3000'].map((name) => ({ name })),
  'POST /api/gpu-claims': [
    'a',
    'a/b',
    'a:1',
    'a@sha256:' + 'a'.repeat(64),
    'a@sha256:' + 'a'.repeat(63),
    'a@sha256:' + 'a'.repeat(65),
    'a@sha256:' + 'A'.repeat(64),
    'a@md5:' + 'A'.repeat(32),
    'a@md5:' + 'A'.repeat(31),
    'localhost/a',
    'Reg.example/a',
    'Reg/a',
    'reg_x.example/a',
    'reg_x/a',
    'reg.x/a_b',
    'a.b',
    'a..b',
    'a___b',
    'a--b',
    'reg:5000/a',
    'reg:500000/a',
    'a/B',
    '/a',
    'a/',
    'a//b',
    'a:' + 'b'.repeat(128),
    'a:' + 'b'.repeat(129),
    'a:',
    'a@',
    'a'.repeat(64),
    'f'.repeat(64),
    'f'.repeat(64) + ':1',
    '-reg.example/a',
  ].map((image) => ({ spec: { ...CLAIM.spec, image } })),
};

/** Rules that JSON Schema cannot express, by the server's messages. */
const UNSAID: readonly RegExp[] = [
  /duplicate name/,
  /at most 10000 allocations per job/,
  /^node_id: .*(unknown|not registered)/,
  /^api keys: at most/,
  // Some client generators do not support `minProperties` and `maxProperties`.
  /^changes\[\d\]: must have exactly one field/,
  /^changes.*: (node|job) \S+ changes more than once/,
  /^changes: must (contain at most 4 fits|add at most 10000 nodes in total)/,
  /^as_of: the newest position of the log is/,
  /must have at most 65536 bytes together/,
  /^command: is longer than 65536 characters/,
  // Only of the first word, the program.
  /^command\[0\]: must not be empty/,
  /the name must be at most 255 characters long/,
  // Published for client generators as any value, a minimum within its range, or a 64-bit integer.
  /^(changes\[\d\]\.(submit|fit)\.)?(constraints\.|attributes\.|task_groups\[0\]\.constraints\[0\]\.value)/,
  /must be more than 0$/,
  // Objects that responses contain too are published as open, so that clients accept fields of newer servers.
  /(is|are) not (a )?known keys?$/,
  // The maximum of a resource depends on its name, which the description states.
  /^resources\.(cpu|memory|slots|gpus): must be at most \d+$/,
  /must be at (most|least) -?9007199254740991$/,
];

const NODE_ROUTES: ReadonlySet<string> = new Set(['POST /register', 'POST /heartbeat']);

const ajv = new Ajv2020({ strict: false, validateFormats: false });

interface Operation {
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
  };
}

for (const name of ['cluster', 'gpu']) {
  const document = (await api.say('GET', `/openapi/${name}.json`)).json() as {
    paths: Record<string, Record<string, Operation>>;
  };
  ajv.addSchema(document, name);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      if (requestBody !== undefined)
        compare(name, `${method.toUpperCase()} ${path}`, requestBody.content['application/json'].schema.$ref);
    }
  }
}

function compare(name: string, route: string, schema: string): void {
  void t.test(`${route}: the server and its document agree on which bodies are malformed`, async (t) => {
    const bodies = BODIES[route] ?? [];
    t.ok(bodies.length > 0, 'there is a body with every field');
    const isValid = ajv.compile({ $ref: `${name}${schema}` });
    const [method = '', path = ''] = route.split(' ');
    const url = path.replace(/\{[a-z_]+\}/g, 'absent');
    const all = [...bodies, ...(FURTHER[route] ?? [])].map((body) => ({
      what: JSON.stringify(body),
      body: body as unknown,
    }));
    const differing: string[] = [];
    let refused = 0;
    const ask = async ({ what, body }: Variation): Promise<void> => {
      const {
        status,
        headers,
        body: answer,
      } = await api.say(method, url, JSON.stringify(body), {
        'content-type': 'application/json',
        // Node routes accept no account's token.
        ...(NODE_ROUTES.has(route) ? {} : { authorization: `Bearer ${token}` }),
      });
      const malformed = status === 400 && /_INVALID$/.test(String(headers['x-muster-error']));
      if (malformed) refused += 1;
      const said = malformed ? (JSON.parse(answer) as { error: string }).error : '';
      // No pattern that Python can read expresses letters of other scripts.
      const unsaid =
        UNSAID.some((rule) => rule.test(said)) || (/letters, digits/.test(said) && /[^\n-~]/.test(what));
      if (malformed === isValid(body) && !(malformed && unsaid))
        differing.push(`${what}: ${status} ${answer.slice(0, 150)}`);
      if (status === 500) differing.push(`${what}: ${answer}`);
    };
    const waiting = [...all, ...bodies.flatMap((each) => [...variationsOf(each)])];
    while (waiting.length > 0) await Promise.all(waiting.splice(0, 32).map(ask));
    t.same(differing, []);
    t.ok(refused > 5, `${refused} bodies were malformed`);
  });
}
