import t, { type Test } from 'tap';
import { takesLessThan } from '../../../fixtures/processor-time.js';
import { aJob, openTestApi, type Said } from '../../http/support/test-api.js';

const { app, say, events } = await openTestApi(t);
await say('POST', '/jobs', aJob({ job_id: 'real' }));
await say('POST', '/register', { node_id: 'real', ip_address: '10.0.0.1', resources: { cpu: 1, memory: 1 } });
const BEFORE = (await events()).length;

/** Expects the status with exactly `{"error": …}`, and no event. */
async function refused(
  t: Test,
  answer: Said,
  status: number,
  error: RegExp | string,
  what: string,
): Promise<void> {
  t.equal(answer.status, status, `${what}: ${answer.body.slice(0, 200)}`);
  t.same(Object.keys(answer.json()), ['error'], what);
  t.match(answer.json(), { error }, what);
  t.match(answer.headers, { 'content-type': 'application/json; charset=utf-8', 'x-request-id': /\S/ });
  t.equal((await events()).length, BEFORE, `${what}: nothing was appended`);
}

const task = (over: object = {}) => ({
  name: 'main',
  config: { command: 'true' },
  resources: { cpu: 1, memory: 1 },
  ...over,
});
const group = (over: object = {}) => ({ name: 'web', tasks: [task()], ...over });
const job = (over: object = {}) => ({ task_groups: [group()], ...over });
const withTask = (over: object) => job({ task_groups: [group({ tasks: [task(over)] })] });
const withGroup = (over: object) => job({ task_groups: [group(over)] });
const container = (over: object = {}) => task({ config: { image: 'a' }, ...over });
const withContainer = (over: object) => withTask({ config: { image: 'a' }, ...over });
const constraint = (over: object) =>
  withGroup({ constraints: [{ attribute: 'a', operator: '=', value: 'b', ...over }] });

const TASK = /^task_groups\[0\]\.tasks\[0\]\./;
const JOBS: readonly (readonly [string, unknown, RegExp])[] = [
  ['no body', undefined, /^body: /],
  ['an array', [], /^body: /],
  ['a string', '"x"', /^body: /],
  ['null', 'null', /^body: /],
  ['an empty object', {}, /^task_groups: /],
  ['no groups', job({ task_groups: [] }), /^task_groups: /],
  ['groups that are not a list', job({ task_groups: {} }), /^task_groups: /],
  ['an unknown key', job({ privileged: true }), /^privileged: is not a known key/],
  ['an unknown key of a group', withGroup({ root: 1 }), /^task_groups\[0\]\.root: is not a known key/],
  [
    'an unknown key of a task',
    withTask({ privileged: true }),
    /^task_groups\[0\]\.tasks\[0\]\.privileged: is not a known key/,
  ],
  [
    'an unknown key of a config',
    withTask({ config: { command: 'x', volumes: [] } }),
    /config\.volumes: is not a known key/,
  ],
  ['a group without a name', withGroup({ name: undefined }), /^task_groups\[0\]\.name: /],
  ['a group without tasks', withGroup({ tasks: [] }), /^task_groups\[0\]\.tasks: /],
  ['groups of the same name', job({ task_groups: [group(), group()] }), /^task_groups: duplicate name: web/],
  [
    'tasks of the same name',
    withGroup({ tasks: [task(), task()] }),
    /^task_groups\[0\]\.tasks: duplicate name: main/,
  ],
  [
    'a host port twice',
    withGroup({
      tasks: [
        task({ config: { image: 'a', port: 80 } }),
        task({ name: 'b', config: { image: 'a', port: 80 } }),
      ],
    }),
    /duplicate host port: 80/,
  ],
  [
    'a bind mount',
    withContainer({ volumes: [{ name: '/etc', path: '/data' }] }),
    /volumes\[0\]\.name: must match/,
  ],
  [
    'a volume of another surface',
    withContainer({ volumes: [{ name: 'service.a', path: '/data' }] }),
    /volumes\[0\]\.name: begins with service\., which is reserved/,
  ],
  [
    'a volume with several writers',
    withGroup({ count: 2, tasks: [container({ volumes: [{ name: 'a', path: '/data' }] })] }),
    /^task_groups\[0\]\.count: must be at most 1/,
  ],
  [
    'a volume for a process',
    withTask({ volumes: [{ name: 'a', path: '/data' }] }),
    /volumes: requires config\.image/,
  ],
  [
    '1,000 ports',
    withContainer({ ports: Array.from({ length: 1000 }, () => ({ container: 80, dynamic: true })) }),
    /ports: /,
  ],
  [
    'a dynamic port with a host port',
    withContainer({ ports: [{ container: 80, host: 80, dynamic: true }] }),
    /ports\[0\]\.host: /,
  ],
  [
    'a host port twice in one task',
    withContainer({ config: { image: 'a', port: 80 }, ports: [{ host: 80 }] }),
    /duplicate host port: 80/,
  ],
  [
    '10,000 tasks',
    withGroup({
      tasks: Array.from({ length: 10_000 }, (_, index) => ({ name: `t${index}`, config: { command: 'x' } })),
    }),
    /^(task_groups\[0\]\.tasks|body): /,
  ],
  [
    '10,000 groups',
    job({ task_groups: Array.from({ length: 5000 }, (_, index) => ({ name: `g${index}`, tasks: [] })) }),
    /^task_groups/,
  ],
  ['a million allocations', withGroup({ count: 1_000_000 }), /^task_groups\[0\]\.count: /],
  [
    'neither image nor command',
    withTask({ config: {} }),
    /config: needs an image \(docker\) or a command \(exec\)/,
  ],
  ['no config', withTask({ config: undefined }), /^task_groups\[0\]\.tasks\[0\]\.config: /],
  ['an empty command', withTask({ config: { command: '' } }), TASK],
  ['NUL in a command', withTask({ config: { command: 'a\0b' } }), /must not contain NUL/],
  ['an image that is a flag', withTask({ config: { image: '--privileged' } }), /config\.image: /],
  ['port 0', withTask({ config: { image: 'a', port: 0 } }), /config\.port: /],
  ['port 65536', withTask({ config: { image: 'a', port: 65_536 } }), /config\.port: /],
  ['a port as a string', withTask({ config: { image: 'a', port: '80' } }), /config\.port: /],
  ['a negative cpu', withTask({ resources: { cpu: -1 } }), /resources\.cpu: /],
  ['a fractional memory', withTask({ resources: { memory: 1.5 } }), /resources\.memory: /],
  [
    'an infinite cpu',
    '{"task_groups":[{"name":"g","tasks":[{"name":"t","config":{"command":"x"},"resources":{"cpu":1e999}}]}]}',
    /resources\.cpu: /,
  ],
  ['cpu as a string', withTask({ resources: { cpu: '100' } }), /resources\.cpu: /],
  ['a resource with a bad name', withTask({ resources: { 'CPU !': 1 } }), /resources/],
  ['resources that are a list', withTask({ resources: [1] }), /resources: /],
  ['a relative work_dir', withTask({ work_dir: 'tmp' }), /work_dir: /],
  ['an env name with =', withTask({ env: { 'A=B': 'x' } }), /env/],
  ['a user that is a path', withTask({ user: '../root' }), /user: /],
  ['a task name with a slash', withTask({ name: 'a/b' }), /name: /],
  [
    'a terminal for a process',
    withTask({ tty: true }),
    /^task_groups\[0\]\.tasks\[0\]\.tty: requires config\.image/,
  ],
  [
    'open stdin for a process',
    withTask({ open_stdin: true }),
    /^task_groups\[0\]\.tasks\[0\]\.open_stdin: requires config\.image/,
  ],
  ['a terminal as a string', withTask({ config: { image: 'a' }, tty: 'true' }), /\.tty: /],
  ['open stdin as a number', withTask({ config: { image: 'a' }, open_stdin: 1 }), /\.open_stdin: /],
  ['a task named ..', withTask({ name: '..' }), /name: /],
  ['an unknown operator', constraint({ operator: '>=' }), /^task_groups\[0\]\.constraints\[0\]\.operator: /],
  [
    'a constraint without an attribute',
    constraint({ attribute: undefined }),
    /constraints\[0\]\.attribute: /,
  ],
  ['a constraint on an object', constraint({ value: {} }), /constraints\[0\]\.value: /],
  [
    'an invalid regex',
    constraint({ operator: 'regex', value: '(' }),
    /^task_groups\[0\]\.constraints\[0\]\.value: /,
  ],
  [
    'a regex with a back-reference',
    constraint({ operator: 'regex', value: '(a)\\1' }),
    /constraints\[0\]\.value: /,
  ],
  [
    'a regex that repeats too much',
    constraint({ operator: 'regex', value: '((a{100}){100}){100}' }),
    /constraints\[0\]\.value: /,
  ],
  [
    'regexes that would take seconds to compile',
    withGroup({
      constraints: Array.from({ length: 64 }, () => ({
        attribute: 'a',
        operator: 'regex',
        value: '\\pL'.repeat(100),
      })),
    }),
    /^constraints: regexes with /,
  ],
  ['job constraints that are a list', job({ constraints: [] }), /^constraints: /],
  [
    'a job constraint with an unknown operator',
    job({ constraints: { a: { operator: '~', value: 1 } } }),
    /^constraints/,
  ],
  [
    'a job constraint with an invalid regex',
    job({ constraints: { a: { operator: 'regex', value: '[' } } }),
    /^constraints\.a\.value: /,
  ],
  ['an unknown value for lost', withGroup({ lost: 'ignore' }), /lost: /],
  ['a restart without attempts', withGroup({ restart: {} }), /restart\.attempts: /],
  ['a priority of 101', job({ priority: 101 }), /^priority: /],
  ['a job_id with a slash', job({ job_id: 'a/b' }), /^job_id: /],
  ['a job_id of ..', job({ job_id: '..' }), /^job_id: /],
  ['a job_id with NUL', job({ job_id: 'a\0' }), /^job_id: /],
  ['an empty job_id', job({ job_id: '' }), /^job_id: /],
  ['a job_id of 101 characters', job({ job_id: 'a'.repeat(101) }), /^job_id: /],
  ['a job_id of 4 KB of emoji', job({ job_id: '😀'.repeat(1024) }), /^job_id: /],
  ['a job_id that is a number', job({ job_id: 7 }), /^job_id: /],
  ['a key __proto__', '{"__proto__": {"a": 1}, "task_groups": []}', /^body: /],
  ['a key constructor.prototype', '{"constructor": {"prototype": {"a": 1}}, "task_groups": []}', /^body: /],
  ['broken JSON', '{"task_groups": [', /^body: is not valid JSON/],
  ['JSON with a comment', '{} // x', /^body: is not valid JSON/],
  ['JSON 100 deep', `${'['.repeat(100)}${']'.repeat(100)}`, /^body: is nested more than 32 levels deep/],
  ['JSON 200,000 deep', '['.repeat(200_000), /^body: is nested more than 32 levels deep/],
  ['600 KB', { x: 'a'.repeat(600_000) }, /^body: larger than 524288 bytes/],
  [
    'a job of 300 KB',
    withTask({ args: Array.from({ length: 10 }, () => 'a'.repeat(30_000)) }),
    /^body: larger than 262144 bytes/,
  ],
];

void t.test('refuses a malformed job by POST and PUT, and reports the field', async (t) => {
  for (const [what, body, error] of JOBS) {
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    await refused(t, await say('POST', '/jobs', body, headers), 400, error, `POST: ${what}`);
    if (!/job_id/.test(what))
      await refused(t, await say('PUT', '/jobs/real', body, headers), 400, error, `PUT: ${what}`);
  }
});

void t.test('refuses a malformed registration, and reports the field', async (t) => {
  const node = (over: object = {}) => ({
    node_id: 'n',
    ip_address: '10.0.0.1',
    resources: { cpu: 1, memory: 1 },
    ...over,
  });
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['no body', undefined, /^body: /],
    ['no node_id', node({ node_id: undefined }), /^node_id: /],
    ['a node_id with a slash', node({ node_id: 'a/b' }), /^node_id: /],
    ['a node_id of ..', node({ node_id: '..' }), /^node_id: /],
    ['4 KB of emoji', node({ node_id: '😀'.repeat(1024) }), /^node_id: /],
    ['no ip_address', node({ ip_address: undefined }), /^ip_address: /],
    ['no resources', node({ resources: undefined }), /^resources: /],
    ['a negative cpu', node({ resources: { cpu: -1, memory: 1 } }), /^resources\.cpu: /],
    ['memory as a string', node({ resources: { cpu: 1, memory: '1' } }), /^resources\.memory: /],
    ['healthy as a string', node({ healthy: 'yes' }), /^healthy: /],
    ['an endpoint that is a number', node({ endpoint: 7 }), /^endpoint: /],
    ['attributes that hold objects', node({ attributes: { a: {} } }), /^attributes/],
    ['drivers as a string', node({ drivers: 'exec' }), /^drivers: /],
  ];
  for (const [what, body, error] of cases)
    await refused(t, await say('POST', '/register', body), 400, error, what);
  await refused(
    t,
    await say('POST', '/register', node(), { 'x-muster-epoch': 'x' }),
    400,
    /^X-Muster-Epoch: /,
    'an invalid epoch',
  );
});

void t.test('refuses a malformed heartbeat, and reports the field', async (t) => {
  const beat = (over: object = {}) => ({
    node_id: 'real',
    resources: { cpu: 1, memory: 1 },
    healthy: true,
    timestamp: 1.5,
    ...over,
  });
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['no body', undefined, /^body: /],
    ['no node_id', beat({ node_id: undefined }), /^node_id: /],
    ['an unknown node', beat({ node_id: 'nobody' }), /^node_id: /],
    ['a negative resource', beat({ resources: { cpu_used: -1 } }), /^resources\.cpu_used: /],
    ['healthy as a number', beat({ healthy: 1 }), /^healthy: /],
    ['a timestamp as a string', beat({ timestamp: 'now' }), /^timestamp: /],
    ['allocations that are a list', beat({ allocations: [] }), /^allocations: /],
    ['an allocation without a status', beat({ allocations: { a: {} } }), /^allocations\.a\.status: /],
    [
      'an exit code that is a fraction',
      beat({ allocations: { a: { status: 'failed', tasks: { t: { status: 'failed', exit_code: 1.5 } } } } }),
      /^allocations\.a\.tasks\.t\.exit_code: /,
    ],
  ];
  const ofContainer = (container_id: unknown): object =>
    beat({ allocations: { a: { status: 'running', tasks: { t: { status: 'running', container_id } } } } });
  const ids: readonly (readonly [string, unknown])[] = [
    ['of 129 characters', 'a'.repeat(129)],
    ['with a space', 'a b'],
    ['with markup', '<b>'],
    ['that is a path', '../a'],
    ['with a line break', 'a\n'],
    ['that is a number', 7],
  ];
  for (const [what, id] of ids)
    await refused(
      t,
      await say('POST', '/heartbeat', ofContainer(id)),
      400,
      /^allocations\.a\.tasks\.t\.container_id: /,
      `a container's id ${what}`,
    );
  for (const [what, body, error] of cases)
    await refused(t, await say('POST', '/heartbeat', body), 400, error, what);
});

void t.test('responds 404 for paths without a resource', async (t) => {
  const ids = [
    '..',
    '.',
    '%2e%2e',
    '%2e%2e%2f%2e%2e',
    'a%2Fb',
    'a%00b',
    '%00',
    'a'.repeat(101),
    'a'.repeat(5000),
    encodeURIComponent('😀'.repeat(1024)),
    '%zz',
    '%ff',
    '-x',
    ' x',
    'real%20',
    '%E4%BD%9C',
  ];
  for (const id of ids) {
    for (const [method, url, body] of [
      ['GET', `/jobs/${id}`],
      ['PUT', `/jobs/${id}`, job()],
      ['DELETE', `/jobs/${id}`],
      ['POST', `/jobs/${id}/restart`],
      ['POST', `/jobs/${id}/delete`],
      ['GET', `/jobs/${id}/allocations/${id}/logs`],
      ['GET', `/nodes/${id}/desired`],
      ['GET', `/nodes/${id}/documents/${id}`],
      ['POST', `/nodes/${id}/drain`, { enable: true }],
      ['GET', `/templates/${id}`],
      ['PUT', `/templates/${id}`, { name: 'x' }],
      ['DELETE', `/templates/${id}`],
      ['GET', `/evaluations/${id}`],
    ] as const) {
      // A URL that resolves to `/` is the overview.
      if (method === 'GET' && new URL(url.replace(/%2f/gi, '%252f'), 'http://localhost').pathname === '/')
        continue;
      await refused(t, await say(method, url, body), 404, /\S/, `${method} ${url.slice(0, 60)}`);
    }
  }
  for (const url of [
    '/jobs/',
    '/jobs//restart',
    '/nodes/',
    '/templates/',
    '/evaluations/',
    '/register/x',
    '/Jobs',
    '//jobs',
    '/jobs/real/',
    '/api/nothing',
    '/audit',
    '/favicon.ico',
  ]) {
    await refused(t, await say('GET', url), 404, /\S/, url);
  }
});

void t.test('responds 404 for a wrong method', async (t) => {
  const routes = [
    ['PATCH', '/jobs'],
    ['PUT', '/jobs'],
    ['DELETE', '/jobs'],
    ['POST', '/jobs/real'],
    ['GET', '/register'],
    ['GET', '/heartbeat'],
    ['DELETE', '/nodes'],
    ['GET', '/jobs/real/restart'],
    ['PATCH', '/templates/x'],
    ['GET', '/test/clear-all'],
    ['OPTIONS', '/jobs'],
    ['POST', '/audit/events'],
  ] as const;
  for (const [method, url] of routes)
    await refused(
      t,
      await say(method, url, method === 'GET' || method === 'OPTIONS' ? undefined : {}),
      404,
      /^no such resource: /,
      `${method} ${url}`,
    );
});

void t.test('refuses a malformed query, and reports the parameter', async (t) => {
  const queries = [
    '/jobs?limit=0',
    '/jobs?limit=x',
    '/jobs?limit=-1',
    '/jobs?limit=1.5',
    '/jobs?limit=1&limit=2',
    '/jobs?status=busy',
    '/jobs?unknown=1',
    '/nodes?status=x',
    '/nodes?limit=',
    '/templates?limit=1e9',
    '/jobs?after=a&after=b',
    '/audit/events?limit=x',
    '/audit/events?after=x',
    '/audit/events?type=Nope',
    '/audit/events?follow=1',
    '/audit/events?category=a-b',
    '/audit/events?format=xml',
    '/audit/events?from=1&after=1',
    '/audit/events?direction=backwards&follow=true',
  ];
  for (const url of queries) {
    const [, name = ''] = /\?(\w+)=/.exec(url) ?? [];
    await refused(t, await say('GET', url), 400, new RegExp(`^(${name}|follow): `), url);
  }
});

void t.test('refuses a malformed header, and reports its name', async (t) => {
  for (const key of ['', ' ', 'a\tb', 'ä', 'x'.repeat(256)]) {
    await refused(
      t,
      await say('POST', '/jobs', job(), { 'idempotency-key': key }),
      400,
      /^Idempotency-Key: /,
      JSON.stringify(key.slice(0, 20)),
    );
  }
  await refused(
    t,
    await say('GET', '/audit/events', undefined, { 'last-event-id': 'x' }),
    400,
    /^Last-Event-ID: /,
    'Last-Event-ID',
  );
});

void t.test('refuses an empty body, and any Content-Type other than JSON', async (t) => {
  for (const type of [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
    'application/json-patch+json',
    'text/json',
    ';;;',
    '*/*',
  ]) {
    const answer = await say('POST', '/jobs', JSON.stringify(job({ job_id: 'type' })), {
      'content-type': type,
    });
    if (answer.status === 200) t.fail(`${type} was accepted`);
    await refused(t, answer, 400, /^body: /, type);
  }
  await refused(
    t,
    await say('POST', '/jobs', '', { 'content-type': 'application/json' }),
    400,
    /^body: /,
    'an empty body',
  );
});

void t.test('ignores the body of a request on routes that take none', async (t) => {
  for (const [body, type] of [
    ['', 'application/json'],
    ['{', 'application/json'],
    ['x', ';;;'],
    ['x', 'text/plain'],
    ['x'.repeat(700_000), 'application/json'],
    ['null', ''],
  ] as const) {
    const headers = { 'content-type': type };
    const restart = await say('POST', '/jobs/real/restart', body, headers);
    await refused(t, restart, 400, '只能重启已停止的作业', `restart with ${type}`);
    await refused(
      t,
      await say('DELETE', '/jobs/none', body, headers),
      404,
      '作业不存在',
      `stop with ${type}`,
    );
    await refused(
      t,
      await say('POST', '/jobs/none/delete', body, headers),
      404,
      '作业不存在',
      `delete with ${type}`,
    );
    await refused(
      t,
      await say('DELETE', '/templates/none', body, headers),
      404,
      '模板不存在',
      `template with ${type}`,
    );
  }
});

void t.test('uses a valid request id of the client, and replaces an invalid one', async (t) => {
  t.equal(
    (await say('GET', '/jobs', undefined, { 'x-request-id': 'my-id.1' })).headers['x-request-id'],
    'my-id.1',
  );
  for (const id of ['a b', 'x'.repeat(65), '<script>'])
    t.not((await say('GET', '/jobs', undefined, { 'x-request-id': id })).headers['x-request-id'], id);
});

void t.test('validates 64 regexes that can backtrack exponentially in under two seconds', async (t) => {
  const constraints = Array.from({ length: 64 }, (_, index) => ({
    attribute: `a${index}`,
    operator: 'regex',
    value: '(a+)+$',
  }));
  const payload = withGroup({ constraints });
  const answer = await takesLessThan(
    t,
    2000,
    '64 constraints',
    async () => await app.inject({ method: 'POST', url: '/jobs', payload }),
  );
  t.equal(answer.statusCode, 200);
});
