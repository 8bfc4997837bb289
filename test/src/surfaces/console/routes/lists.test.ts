import t from 'tap';
import {
  failed,
  placed,
  place,
  released,
  specification,
  group,
  started,
  submitted,
} from '../../../../projections/events.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, happened } = await openTestApi(t);

interface List {
  readonly total: number;
  readonly position: string;
  readonly rows: readonly Record<string, unknown>[];
}
const list = async (path: string, headers = {}): Promise<List> => {
  const { status, body } = await say('GET', `/console/api/${path}`, undefined, headers);
  t.equal(status, 200, `${path}: ${body}`);
  return JSON.parse(body) as List;
};
const idsOf = ({ rows }: List): unknown[] => rows.map(({ id }) => id);
const register = async (username: string): Promise<Record<string, string>> => {
  await say('POST', '/api/auth/register', { username, password: 'password123' });
  const { token } = (await say('POST', '/api/auth/login', { username, password: 'password123' })).json() as {
    token: string;
  };
  return { authorization: `Bearer ${token}` };
};

await say('POST', '/register', {
  node_id: 'n1',
  ip_address: '10.0.0.1',
  resources: { cpu: 1000, memory: 2000 },
  attributes: { zone: 'a' },
});
await say('POST', '/jobs', aJob({ job_id: 'Hello', priority: 70 }));
await happened(
  submitted('b', specification(group('web', 3), group('db'))),
  submitted('c'),
  placed(place('a1', 'b', 0)),
  started(place('a1', 'b', 0)),
  placed(place('a2', 'c', 0)),
  started(place('a2', 'c', 0)),
  released(place('a2', 'c', 0), 'failed'),
);
const ann = await register('ann');
const bob = await register('bob');
const task = { name: 'backup', executor: 'http', url: 'https://example.com/', schedule: '0 3 * * *' };
await say('POST', '/api/tasks', task, ann);
await say('POST', '/api/tasks', { ...task, name: 'other' }, bob);
await say('POST', '/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: 1 } } }, bob);

void t.test('returns the total, and sorts rows as requested', async (t) => {
  const all = await list('jobs');
  t.equal(all.total, all.rows.length);
  t.ok(/^\d+$/.test(all.position));
  t.match(idsOf(await list('jobs?filter=type:cluster&sort=id')), ['Hello', 'b', 'c']);
  t.match(idsOf(await list('jobs?filter=type:cluster&sort=-id&offset=1&limit=1')), ['b']);
  t.match(
    idsOf(await list('jobs?filter=type:cluster')),
    ['c', 'b', 'Hello'],
    'without a sort, the newest is first',
  );
  t.equal((await list('jobs?filter=type:cluster&sort=-priority&limit=1')).rows[0]?.['id'], 'Hello');
  t.same((await list('jobs?offset=1000')).rows, []);
  t.match((await list('jobs?filter=type:cluster&sort=id&offset=1&limit=1')).rows[0], {
    type: 'cluster',
    groups: 2,
    wanted: 4,
    running: 1,
    healthy: 1,
    owner: null,
    waits: null,
  });
});

void t.test('filters rows by all given words and by the values of named columns', async (t) => {
  t.same(idsOf(await list('jobs?filter=HELLO')), ['Hello']);
  t.same(idsOf(await list('jobs?filter=type:cluster%20hello')), ['Hello']);
  t.equal((await list('jobs?filter=hello%20b2')).total, 0);
  t.equal((await list('jobs?filter=type:nothing')).total, 0);
  t.same(idsOf(await list('tasks?filter=owner:ANN')), ['1']);
  t.same((await list('tasks?filter=bob')).rows[0]?.['owner'], 'bob');
  t.same(idsOf(await list('allocations?filter=status:running')), ['a1']);
});

void t.test('finds the rows of a list by each of their values', async (t) => {
  for (const kind of ['jobs', 'nodes', 'allocations', 'tasks', 'claims']) {
    const { rows } = await list(kind);
    t.ok(rows.length > 0, kind);
    for (const row of rows)
      for (const [column, value] of Object.entries(row)) {
        if (typeof value !== 'string' || value === '' || /[\s/]/u.test(value) || column === 'url') continue;
        const same = rows.filter((other) => other[column] === value);
        const found = await list(`${kind}?filter=${encodeURIComponent(`${column}:${value}`)}`);
        t.same(found.rows, same, `${kind} with ${column}:${value}`);
      }
  }
});

void t.test('responds 200 to hostile filters, and 400 to invalid parameters', async (t) => {
  for (const filter of [
    '(a+)+$',
    '__proto__:x',
    'constructor:',
    ':',
    '::::',
    '\u0000',
    '%',
    "' OR 1=1 --",
    '<script>',
    '\u202e\u200b',
    '😀'.repeat(200),
    'a '.repeat(250),
  ]) {
    const { status, body } = await say('GET', `/console/api/jobs?filter=${encodeURIComponent(filter)}`);
    t.equal(status, 200, `${filter}: ${body}`);
  }
  for (const query of [
    `filter=${'x'.repeat(501)}`,
    'sort=__proto__',
    'sort=--id',
    'sort=id,name',
    'limit=201',
    'limit=0',
    'offset=-1',
    'offset=1e9',
    'nothing=1',
  ])
    t.equal((await say('GET', `/console/api/jobs?${query}`)).status, 400, query);
});

void t.test('lists a new job immediately, and no longer lists a deleted one', async (t) => {
  const before = (await list('jobs')).total;
  await say('POST', '/jobs', aJob({ job_id: 'new' }));
  t.equal((await list('jobs?filter=new')).total, 1);
  await say('POST', '/jobs/new/delete');
  t.equal((await list('jobs?filter=new')).total, 0);
  t.equal((await list('jobs')).total, before);
});

void t.test('shows the resources and the number of allocations of a node', async (t) => {
  t.match(await list('nodes'), {
    total: 1,
    rows: [
      {
        id: 'n1',
        name: 'n1',
        status: 'ready',
        cpu: { total: 1000 },
        memory: { total: 2000 },
        gpus: { total: 0, used: 0 },
        labels: { zone: 'a' },
        allocations: 1,
      },
    ],
  });
  await happened(placed(place('a3', 'b', 1)));
  t.match(await list('nodes'), { rows: [{ id: 'n1', allocations: 2 }] });
  await happened(released(place('a3', 'b', 1), 'complete'));
  t.match(await list('nodes'), { rows: [{ id: 'n1', allocations: 1 }] });
});

void t.test("shows only objects of the viewer's tenant", async (t) => {
  t.same(
    (await list('tasks', ann)).rows.map(({ name }) => name),
    ['backup'],
  );
  t.same(
    (await list('tasks', bob)).rows.map(({ name }) => name),
    ['other'],
  );
  t.equal((await list('tasks')).total, 2, 'the operator sees all');
  t.equal((await list('claims', ann)).total, 0);
  t.equal((await list('claims', bob)).total, 1);
  t.equal((await list('jobs?filter=type:cluster', ann)).total, 0, 'only operators see jobs of the cluster');
  t.equal((await list('allocations', ann)).total, 0);
  t.equal((await list('nodes', ann)).total, 1);
  const { counts } = (await say('GET', '/console/api/overview', undefined, ann)).json() as {
    counts: Record<string, Record<string, number>>;
  };
  t.same(counts, {
    jobs: {},
    nodes: { ready: 1 },
    allocations: {},
    tasks: { active: 1 },
    services: {},
    environments: {},
    claims: {},
  });
});

void t.test('counts objects by status, and lists failures, in the overview', async (t) => {
  const last = place('a3', 'd', 0);
  await happened(submitted('d'), placed(last), started(last), failed(last), released(last, 'failed'), {
    type: 'JobFinished',
    data: { jobId: 'd', jobVersion: 0, outcome: 'failed' },
  });
  const overview = (await say('GET', '/console/api/overview')).json() as {
    counts: Record<string, Record<string, number>>;
    failures: unknown[];
    at: string;
  };
  t.match(overview.counts, {
    nodes: { ready: 1 },
    allocations: { running: 1, failed: 2 },
    tasks: { active: 2 },
  });
  t.match(overview.failures, [
    { kind: 'job', id: 'c', words: 'Job c failed' },
    { kind: 'job', id: 'd', words: 'Job d failed: exit code 1' },
  ]);
  t.ok(Date.parse(overview.at) > 0);
});

void t.test('returns rows that match the schema of each list', async (t) => {
  for (const kind of ['jobs', 'nodes', 'allocations', 'runs', 'tasks', 'services', 'environments', 'claims'])
    t.match(await list(kind), { rows: [] });
  const [{ id }] = (await list('tasks?filter=backup')).rows as unknown as [{ readonly id: string }];
  const skipped = (slot: number, reason: 'missed' | 'paused') => ({
    type: 'TaskSlotDecided' as const,
    data: { taskId: Number(id), slot, decision: 'skipped' as const, reason, until: slot + 60_000, count: 2 },
  });
  await happened(skipped(0, 'missed'), skipped(120_000, 'paused'));
  t.match((await list('tasks?filter=backup')).rows[0], {
    name: 'backup',
    skipped: [
      { slot: '1970-01-01T00:02:00.000Z', reason: 'the task was paused', missed: false },
      { slot: '1970-01-01T00:00:00.000Z', until: '1970-01-01T00:01:00.000Z', missed: true },
    ],
    kind: 'http',
    schedule: 'At 03:00',
    last: [],
    owner: 'ann',
  });
});
