import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive, job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

void t.test(
  'a second server on the same data directory exits with 75 and reports the pid of the first, which continues',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    const second = await muster(['server'], { ...server.settings, MUSTER_PORT: String(await freePort()) });
    t.equal(second.code, 75);
    t.match(
      second.stdout + second.stderr,
      new RegExp(`\\b${server.pid}\\b`),
      'the message contains the pid of the first server',
    );
    await server.api.submit(job('job'));
    await server.kill();
    await server.start();
    t.equal((await server.api.jobs()).length, 1, 'a lock left by kill -9 blocks no start');
    await invariantsHold(t, server);
  },
);

void t.test(
  'on SIGTERM the server exits with 0 and logs how many tasks keep running, and the next server recovers them',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_HEARTBEAT_SECONDS: '0.5' },
    });
    for (const id of ['one', 'two'])
      await server.api.submit(job(id, { command: diary.command(id, 3600), cpu: 20, memory: 16 }));
    for (const id of ['one', 'two']) await server.api.jobIs(id, 'running');
    await eventually(() => ['one', 'two'].every((id) => diary.count(id, 'started') === 1));
    const pids = [diary.pid('one'), diary.pid('two')];

    const began = performance.now();
    server.program.child.kill('SIGTERM');
    server.program.child.kill('SIGTERM');
    t.same(await server.stop(), { code: 0, signal: null });
    t.ok(performance.now() - began < 10_000 * PATIENCE, 'the server stops in time');
    t.match(
      server.program.stderr.filter((line) => line !== '').at(-1) ?? '',
      /2 allocations/,
      'the last line gives the number of tasks that keep running',
    );
    t.ok(pids.every(isAlive), 'tasks keep running');

    await server.start();
    for (const id of ['one', 'two']) await server.api.jobIs(id, 'running');
    t.ok(pids.every(isAlive));
    t.same(
      [diary.count('one', 'started'), diary.count('two', 'started')],
      [1, 1],
      'no task was started again',
    );
    for (const id of ['one', 'two']) await server.api.delete(`/jobs/${id}`);
    await eventually(() => pids.every((pid) => !isAlive(pid)), { what: 'the end after DELETE' });
    await invariantsHold(t, server);
  },
);

void t.test('every line that a server prints is one JSON record, and none contains a secret', async (t) => {
  const server = await startServer(t, {
    dataDir: join(ownFolder(t), 'server'),
    env: {
      MUSTER_TEST_API_KEY: 'a-very-secret-key',
      MUSTER_JOIN_TOKEN: 'another-secret-of-16',
      MUSTER_LOG_LEVEL: 'debug',
    },
  });
  await server.api.submit(job('job', { env: { PASSWORD: 'hidden-from-logs' } }));
  await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': 'a-very-secret-key' } });
  await server.stop();
  for (const line of server.program.stdout) t.doesNotThrow(() => JSON.parse(line) as unknown, line);
  t.notMatch(server.program.stdout.join('\n'), /a-very-secret-key|another-secret-of-16|hidden-from-logs/);
});

void t.test('a server exits with 78 and reports all invalid settings at once', async (t) => {
  const { code, stdout, stderr } = await muster(['server'], {
    MUSTER_PORT: 'http',
    MUSTER_LOG_LEVEL: 'loud',
    MUSTER_PROT: '1',
  });
  t.equal(code, 78);
  for (const name of ['MUSTER_PORT', 'MUSTER_LOG_LEVEL', 'MUSTER_PROT']) t.match(stdout + stderr, name);
});

void t.test('a server exits with an error that includes the port if the port is in use', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  const other = await muster(['server'], {
    ...server.settings,
    MUSTER_DATA_DIR: join(ownFolder(t), 'other'),
  });
  t.not(other.code, 0);
  t.match(other.stdout + other.stderr, String(server.port));
});
