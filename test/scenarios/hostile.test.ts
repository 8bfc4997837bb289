import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Answer } from '../fixtures/api.js';
import { readEvents } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { group, job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const EMOJI = '🦊'.repeat(1024);
const STRINGS = [
  '',
  ' ',
  '/',
  '..',
  '../../etc/passwd',
  '.',
  '-rf',
  'a/b',
  'a\0b',
  '\0',
  'a\nb',
  '$(touch /tmp/x)',
  '`id`',
  "'; DROP TABLE events; --",
  '<script>',
  '%00',
  '{{7*7}}',
  '__proto__',
  'ａ',
  '\u202e',
  EMOJI,
  'x'.repeat(101),
  'gpu.1',
  'task.x',
  'conda.x',
  'service.x',
];

function refusedAs(answer: Answer, ...statuses: number[]): string | undefined {
  const keys = answer.body !== null && typeof answer.body === 'object' ? Object.keys(answer.body) : [];
  if (!statuses.includes(answer.status)) return `status ${answer.status}: ${answer.text.slice(0, 200)}`;
  if (
    keys.length !== 1 ||
    keys[0] !== 'error' ||
    typeof (answer.body as { error: unknown }).error !== 'string'
  )
    return `body ${answer.text.slice(0, 200)}`;
  if (!String(answer.headers['content-type']).includes('application/json'))
    return `content-type ${String(answer.headers['content-type'])}`;
  return undefined;
}

// Nodes that register here send no heartbeats. The timeout avoids events about that.
const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_NODE_TIMEOUT_SECONDS: '3600' },
});

/** Counts events without leases, which even an idle server renews in a shared log. */
const eventCount = async (): Promise<number> =>
  (await readEvents(server)).filter(({ stream }) => !stream.startsWith('lease-')).length;

void t.test(
  'every malformed body is refused with 400 and exactly {error}, and nothing is appended',
  async (t) => {
    await server.api.post('/register', {
      node_id: 'node',
      ip_address: '10.0.0.1',
      resources: { cpu: 1, memory: 1 },
      healthy: true,
    });
    await server.api.submit(job('exists', { cpu: 500 }));
    await server.api.jobIs('exists', 'blocked');
    const before = await eventCount();
    const task = (over: object = {}): object => ({
      name: 'main',
      config: { command: 'true' },
      resources: { cpu: 1, memory: 1 },
      ...over,
    });
    const withTask = (over: object): object => ({ task_groups: [{ name: 'main', tasks: [task(over)] }] });
    const withGroup = (over: object): object => ({ task_groups: [{ ...group(), ...over }] });
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const jobs: [string, unknown][] = [
      ...STRINGS.map((text): [string, unknown] => [`job_id ${JSON.stringify(text).slice(0, 40)}`, job(text)]),
      ...STRINGS.filter((text) => !text.includes('.') || text.startsWith('.')).map(
        (text): [string, unknown] => [
          `group name ${JSON.stringify(text).slice(0, 40)}`,
          withGroup({ name: text }),
        ],
      ),
      ['broken JSON', '{"task_groups": ['],
      ['no JSON', 'hello'],
      ['a number', '7'],
      ['null', 'null'],
      ['a list', '[]'],
      ['a string', '"job"'],
      ['deep nesting', deep],
      ['__proto__', '{"__proto__": {"admin": true}, "task_groups": []}'],
      ['constructor', '{"constructor": {"prototype": {"x": 1}}}'],
      ['nothing', {}],
      ['no groups', { task_groups: [] }],
      ['groups of the wrong type', { task_groups: {} }],
      ['a group without tasks', withGroup({ tasks: [] })],
      [
        '10,000 tasks',
        withGroup({ tasks: Array.from({ length: 10_000 }, (_, index) => task({ name: `t${index}` })) }),
      ],
      ['two tasks of one name', withGroup({ tasks: [task(), task()] })],
      ['two groups of one name', { task_groups: [group(), group()] }],
      ['negative cpu', withTask({ resources: { cpu: -1, memory: 1 } })],
      ['fractional memory', withTask({ resources: { cpu: 1, memory: 1.5 } })],
      ['cpu as text', withTask({ resources: { cpu: '1', memory: 1 } })],
      [
        'infinite cpu',
        '{"task_groups":[{"name":"a","tasks":[{"name":"a","config":{"command":"x"},"resources":{"cpu":1e999,"memory":1}}]}]}',
      ],
      ['neither image nor command', withTask({ config: {} })],
      ['a command of NUL', withTask({ config: { command: 'a\0b' } })],
      ['an image with a shell in it', withTask({ config: { image: 'x; rm -rf /' } })],
      ['port 0', withTask({ config: { image: 'x', port: 0 } })],
      ['port 70000', withTask({ config: { image: 'x', port: 70_000 } })],
      ['an unknown key of a task', withTask({ privileged: true })],
      ['an unknown key of a config', withTask({ config: { command: 'x', privileged: true } })],
      ['an unknown operator', withGroup({ constraints: [{ attribute: 'a', operator: '~', value: 'b' }] })],
      ['a bad regex', withGroup({ constraints: [{ attribute: 'a', operator: 'regex', value: '(' }] })],
      ['a bad regex for all groups', { ...job('x'), constraints: { a: { operator: 'regex', value: '(' } } }],
      ['constraints as a list for all groups', { ...job('x'), constraints: [] }],
      ['count -1', withGroup({ count: -1 })],
      ['count 1e9', withGroup({ count: 1e9 })],
      ['an environment name with =', withTask({ env: { 'A=B': 'c' } })],
      ['an environment value with NUL', withTask({ env: { A: 'b\0c' } })],
      ['a relative work_dir', withTask({ work_dir: '../../etc' })],
      ['priority 1000', { ...job('x'), priority: 1000 }],
      ['a body of 600 KiB', JSON.stringify(job('x', { command: 'x'.repeat(600 * 1024) }))],
      [
        'a job of 300 KiB',
        job('x', {
          env: Object.fromEntries(
            Array.from({ length: 10 }, (_, index) => [`V${index}`, 'x'.repeat(31_000)]),
          ),
        }),
      ],
    ];
    for (const [what, body] of jobs)
      t.equal(refusedAs(await server.api.post('/jobs', body), 400), undefined, `POST /jobs: ${what}`);
    for (const [what, body] of jobs.slice(-30))
      t.equal(
        refusedAs(await server.api.put('/jobs/exists', body), 400),
        undefined,
        `PUT /jobs/exists: ${what}`,
      );

    const register = {
      node_id: 'other',
      ip_address: '10.0.0.1',
      resources: { cpu: 1, memory: 1 },
      healthy: true,
    };
    const nodes: [string, unknown][] = [
      ...STRINGS.filter((text) => !/^[a-z]+\./.test(text)).map((text): [string, unknown] => [
        `node_id ${JSON.stringify(text).slice(0, 40)}`,
        { ...register, node_id: text },
      ]),
      ['no resources', { ...register, resources: undefined }],
      ['negative memory', { ...register, resources: { cpu: 1, memory: -1 } }],
      ['text as a resource', { ...register, resources: { cpu: 1, memory: 1, disk: 'large' } }],
      ['healthy as text', { ...register, healthy: 'yes' }],
      ...[
        'ftp://10.0.0.1',
        'http://user:pass@10.0.0.1',
        'http://169.254.169.254',
        'http://10.0.0.1/path',
        'javascript:alert(1)',
        'http://[fe80::1]',
        'not a url',
        'file:///etc/passwd',
      ].map((endpoint): [string, unknown] => [`endpoint ${endpoint}`, { ...register, endpoint }]),
    ];
    for (const [what, body] of nodes)
      t.equal(refusedAs(await server.api.post('/register', body), 400), undefined, `POST /register: ${what}`);
    const beats: [string, unknown][] = [
      ['an unknown node', { node_id: 'nobody', resources: {}, healthy: true, timestamp: 1 }],
      ['allocations as a list', { node_id: 'node', resources: {}, healthy: true, allocations: [] }],
      [
        'a status that is a number',
        { node_id: 'node', resources: {}, healthy: true, allocations: { a: { status: 7, tasks: {} } } },
      ],
      ['nothing', {}],
    ];
    for (const [what, body] of beats)
      t.equal(
        refusedAs(await server.api.post('/heartbeat', body), 400),
        undefined,
        `POST /heartbeat: ${what}`,
      );
    for (const [what, body] of [
      ['no name', {}],
      ['an empty name', { name: ' ' }],
      ['bad groups', { name: 'x', task_groups: [{}] }],
      ['name as a number', { name: 7 }],
    ] as [string, unknown][]) {
      t.equal(
        refusedAs(await server.api.post('/templates', body), 400),
        undefined,
        `POST /templates: ${what}`,
      );
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1x',
      'nonsense',
    ]) {
      const answer = await server.api.post('/jobs', 'a=b', { headers: { 'content-type': type } });
      t.equal(refusedAs(answer, 400), undefined, `POST /jobs with ${type}`);
    }
    t.equal(await eventCount(), before, 'nothing was appended');
    t.equal((await server.api.get('/readyz')).status, 200);
    await invariantsHold(t, server);
  },
);

void t.test(
  'every malformed path, method, header or query is refused with 400 or 404 and exactly {error}',
  async (t) => {
    const ids = [
      ...STRINGS.filter((text) => text !== '' && text !== '.' && text !== '..').map(encodeURIComponent),
      '%',
      '%zz',
      '%ff',
      '%c0%af',
      '..%2f..%2fetc%2fpasswd',
      'x'.repeat(8_000),
      'constructor',
      'toString',
    ];
    for (const id of ids) {
      const what = id.slice(0, 60);
      t.equal(refusedAs(await server.api.get(`/jobs/${id}`), 400, 404), undefined, `GET /jobs/${what}`);
      t.equal(refusedAs(await server.api.delete(`/jobs/${id}`), 400, 404), undefined, `DELETE /jobs/${what}`);
      t.equal(
        refusedAs(await server.api.put(`/jobs/${id}`, job('x')), 400, 404),
        undefined,
        `PUT /jobs/${what}`,
      );
      t.equal(
        refusedAs(await server.api.post(`/jobs/${id}/restart`), 400, 404),
        undefined,
        `POST /jobs/${what}/restart`,
      );
      t.equal(
        refusedAs(await server.api.get(`/templates/${id}`), 400, 404),
        undefined,
        `GET /templates/${what}`,
      );
      t.equal(
        refusedAs(await server.api.get(`/evaluations/${id}`), 400, 404),
        undefined,
        `GET /evaluations/${what}`,
      );
      t.equal(
        refusedAs(await server.api.get(`/jobs/x/allocations/${id}/logs`), 400, 404),
        undefined,
        `logs of ${what}`,
      );
    }
    for (const [method, path] of [
      ['PUT', '/jobs'],
      ['DELETE', '/nodes'],
      ['PATCH', '/jobs/x'],
      ['POST', '/nodes'],
      ['GET', '/register'],
      ['GET', '/nowhere'],
      ['GET', '//'],
      ['GET', '/jobs//'],
      ['OPTIONS', '/jobs'],
    ] as const) {
      t.equal(refusedAs(await server.api.call(method, path), 400, 404), undefined, `${method} ${path}`);
    }
    for (const headers of [{ 'x-muster-min-position': 'soon' }, { 'x-muster-min-position': '-1' }] as Record<
      string,
      string
    >[]) {
      t.equal(refusedAs(await server.api.get('/jobs', { headers }), 400), undefined, JSON.stringify(headers));
    }
    t.equal(
      refusedAs(
        await server.api.post('/jobs', job('x'), { headers: { 'idempotency-key': 'k'.repeat(5_000) } }),
        400,
      ),
      undefined,
      'an idempotency key of 5,000 characters',
    );
    for (const query of ['limit=-1', 'limit=x', 'limit=1e99'])
      t.equal(refusedAs(await server.api.get(`/jobs?${query}`), 400), undefined, `GET /jobs?${query}`);
    t.equal((await server.api.get('/readyz')).status, 200);
  },
);

void t.test('routes that take no body ignore a body of any type', async (t) => {
  const bodies: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['', 'application/json'],
    ['{}', 'application/json'],
    ['x', 'text/plain'],
    ['{broken', 'application/json'],
    ['a=b', 'application/x-www-form-urlencoded'],
  ];
  for (const [index, [body, type]] of bodies.entries()) {
    const headers = type === undefined ? {} : { 'content-type': type };
    const id = `job-${index}`;
    await server.api.submit(job(id));
    const what = `${JSON.stringify(body)} as ${type}`;
    t.equal(
      (await server.api.call('DELETE', `/jobs/${id}`, body, { headers })).status,
      200,
      `DELETE with ${what}`,
    );
    t.equal(
      (await server.api.call('POST', `/jobs/${id}/restart`, body, { headers })).status,
      200,
      `restart with ${what}`,
    );
    t.equal(
      (await server.api.call('POST', `/jobs/${id}/delete`, body, { headers })).status,
      200,
      `delete with ${what}`,
    );
  }
});

void t.test('invalid HTTP and requests that never end do not delay other requests', async (t) => {
  const sockets = [
    '\0\0\0\0',
    'GET',
    'GET /jobs HTTP/9.9\r\n\r\n',
    'POST /jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    'POST /jobs HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`,
    'POST /jobs HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n',
  ].map((bytes) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => undefined);
    return socket;
  });
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  for (let times = 0; times < 50; times += 1) t.equal((await server.api.get('/jobs')).status, 200);
  t.equal(server.program.status, undefined);
});
