import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { ownFolder } from '../fixtures/folder.js';
import { eventually } from '../fixtures/eventually.js';
import { Api } from '../fixtures/api.js';
import type { Scope } from '../fixtures/scope.js';
import { Program } from '../fixtures/program.js';
import { scanned, underLoad } from './floors/index.js';
import { GroupCommit } from './floors/group-commit.js';
import { writeLivedLog } from './lived-log.js';

const JOB = {
  job_id: 'one',
  task_groups: [{ name: 'main', tasks: [{ name: 'main', config: { command: 'true' } }] }],
  constraints: {},
};

async function bareServer(t: Scope, form: object): Promise<Api> {
  const server = Program.start({
    command: process.execPath,
    args: [join(import.meta.dirname, 'floors/server.js'), JSON.stringify(form)],
  });
  t.teardown(() => server.end('SIGKILL'));
  await eventually(() => server.stdout.length > 0, { what: 'the start of a bare server' });
  const api = new Api(`http://127.0.0.1:${server.stdout[0]}`);
  t.teardown(() => api.close());
  return api;
}

void t.test("a bare server validates requests with the real server's schema", async (t) => {
  const api = await bareServer(t, { job: { job_id: 'one', allocations: [] } });
  const taken = await api.post<{ job_id: string }>('/jobs', JOB);
  t.equal(taken.status, 200, taken.text);
  t.equal(taken.body.job_id, 'one');
  t.not((await api.post('/jobs', { ...JOB, task_groups: [] })).status, 200);
  t.not((await api.post('/jobs', { ...JOB, unknown: 1 })).status, 200);
  t.same((await api.get('/jobs/one')).body, { job_id: 'one', allocations: [] });
});

void t.test('a bare server that inserts stores each body in its database before it responds', async (t) => {
  const file = join(ownFolder(t), 'bodies.db');
  const api = await bareServer(t, { file });
  const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
  const answers = await Promise.all(ids.map((job_id) => api.post('/jobs', { ...JOB, job_id })));
  t.same(
    answers.map(({ status }) => status),
    ids.map(() => 200),
  );
  const database = new Sqlite(file, { readonly: true });
  t.teardown(() => database.close());
  const bodies = database.prepare('SELECT body FROM bodies').pluck().all() as string[];
  t.same(bodies.map((body) => (JSON.parse(body) as typeof JOB).job_id).sort(), [...ids].sort());
});

void t.test('all inserts of one event-loop turn share one commit', async (t) => {
  const file = join(ownFolder(t), 'bodies.db');
  const log = new GroupCommit(file);
  t.teardown(() => log.close());
  const before = statSync(`${file}-wal`).size;
  await Promise.all(Array.from({ length: 20 }, (_, index) => log.insert(`${index}`, '{}')));
  // A separate commit for each insert would write twenty pages of 4 KiB.
  t.ok(statSync(`${file}-wal`).size - before < 5 * 4096);
});

void t.test('a floor run sends the whole load, and a scan counts every event', async (t) => {
  const result = await underLoad(
    'inserts',
    [{ kind: 'submit', count: 50, allocations: 1, prefix: 'job-', constrained: false }],
    4,
  );
  t.equal(result.requests, 50);
  const directory = ownFolder(t);
  const events = await writeLivedLog(directory, 200, 5);
  const scan = await scanned(directory);
  t.equal(scan.events, events);
  t.ok(scan.seconds > 0);
});
