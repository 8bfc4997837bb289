import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer, type Server } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(600_000);

async function succeeds(t: Test, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const { code, stdout, stderr } = await muster(args, env);
  t.equal(code, 0, `muster ${args.join(' ')}\n${stderr}${stdout}`);
}

/** Returns the output and result of the newest run of a job. */
async function outcome(
  server: Server,
  id: string,
): Promise<{ status: string; exitCode: number | null | undefined; output: string }> {
  const view = await eventually(
    async () => {
      const found = await server.api.job(id);
      return ['complete', 'failed'].includes(found.status) ? found : undefined;
    },
    { what: `the end of ${id}` },
  );
  const last = view.allocations.at(-1);
  const output = await server.api.get(`/jobs/${id}/allocations/${last?.allocation_id}/logs?task=main`);
  return { status: view.status, exitCode: last?.tasks['main']?.exit_code, output: output.text };
}

const echo = (text: string, code = 0): string => `echo ${text}; exit ${code}`;

void t.test('after a restore jobs with ids from the old log run again, with new allocations', async (t) => {
  const folder = ownFolder(t);
  const dataDir = join(folder, 'server');
  const server = await startServer(t, { dataDir, wiring: await embeddedWiring(t, dataDir) });
  const agent = await startAgent(t, server);
  await server.api.submit(job('before', { command: echo('before') }));
  await server.api.jobIs('before', 'complete');
  await succeeds(t, ['backup', join(folder, 'backup'), '--data-dir', dataDir]);
  await server.api.submit(job('same', { command: echo('first-life') }));
  await server.api.submit(job('changed', { command: echo('first-life') }));
  await server.api.submit(job('goes-on'));
  for (const id of ['same', 'changed'])
    t.match(await outcome(server, id), { status: 'complete', exitCode: 0, output: /first-life/ });
  await server.api.jobIs('goes-on', 'running');
  const lost = (await server.api.job('same')).allocations.map((each) => each.allocation_id);
  await server.stop();
  await succeeds(t, ['restore', join(folder, 'backup'), '--data-dir', dataDir, '--force']);
  await server.start();

  t.equal((await server.api.get('/jobs/same')).status, 404, 'the job is not in the restored log');
  await server.api.submit(job('same', { command: echo('second-life') }));
  await server.api.submit(job('changed', { command: echo('second-life', 7) }));
  t.match(await outcome(server, 'same'), { status: 'complete', exitCode: 0, output: /second-life/ });
  t.match(await outcome(server, 'changed'), { status: 'failed', exitCode: 7, output: /second-life/ });
  for (const { allocation_id: id } of (await server.api.job('same')).allocations)
    t.notOk(lost.includes(id), 'the allocation has a new id');
  t.match(await outcome(server, 'before'), { status: 'complete' }, 'jobs in the backup are unchanged');
  await agent.stop();
  await invariantsHold(t, server);
});

void t.test(
  'after a manual restore without a new epoch, the agent still distinguishes old and new placements',
  async (t) => {
    const folder = ownFolder(t);
    const dataDir = join(folder, 'server');
    const server = await startServer(t, { dataDir, wiring: await embeddedWiring(t, dataDir) });
    await startAgent(t, server);
    await server.api.submit(job('before', { command: 'exit 0' }));
    await server.api.jobIs('before', 'complete');
    await server.stop();
    const copy = join(folder, 'copy');
    cpSync(dataDir, copy, { recursive: true });
    await server.start();
    await server.api.submit(job('changed', { command: echo('first-life') }));
    t.match(await outcome(server, 'changed'), { status: 'complete' });
    const [first] = (await server.api.job('changed')).allocations;
    await server.stop();
    rmSync(dataDir, { recursive: true });
    cpSync(copy, dataDir, { recursive: true });
    await server.start();
    await server.api.submit(job('changed', { command: echo('second-life', 7) }));
    t.match(await outcome(server, 'changed'), { status: 'failed', exitCode: 7, output: /second-life/ });
    t.equal(
      (await server.api.job('changed')).allocations[0]?.allocation_id,
      first?.allocation_id,
      'the allocation id is the same',
    );
  },
);

void t.test(
  'an import starts a new epoch, and an operator can start one after a restore of EventStoreDB',
  async (t) => {
    const folder = ownFolder(t);
    const firstDir = join(folder, 'first');
    mkdirSync(firstDir);
    const first = await startServer(t, { dataDir: firstDir, wiring: await embeddedWiring(t, firstDir) });
    const agent = await startAgent(t, first);
    await first.api.submit(job('before', { command: 'exit 0' }));
    await first.api.jobIs('before', 'complete');
    const logId = (): string => readFileSync(join(agent.dataDir, 'agent', 'log-id'), 'utf8');
    const logOfFirst = logId();
    await succeeds(t, ['export', '--data-dir', firstDir, '--file', join(folder, 'log.ndjson')]);
    await first.api.submit(job('same', { command: echo('first-life') }));
    t.match(await outcome(first, 'same'), { status: 'complete' });
    const known = (await first.api.job('same')).allocations.map((each) => each.allocation_id);
    await agent.stop();
    await first.stop();

    const store = await startEventStoreProcess(t);
    await succeeds(t, ['import', join(folder, 'log.ndjson'), '--eventstore', store.url]);
    const secondDir = join(folder, 'second');
    mkdirSync(secondDir);
    for (const key of ['data.key', 'jwt.key', 'keys.db']) cpSync(join(firstDir, key), join(secondDir, key));
    const secret = (name: string): string => readFileSync(join(firstDir, name), 'utf8').trim();
    const env = {
      MUSTER_EVENTSTORE_URL: store.url,
      MUSTER_JWT_SECRET: secret('jwt.key'),
      MUSTER_DATA_KEY: secret('data.key'),
    };
    const second = await startServer(t, {
      dataDir: secondDir,
      port: first.port,
      env,
      wiring: await embeddedWiring(t, secondDir),
    });
    await agent.start();
    await second.api.submit(job('same', { command: echo('second-life', 7) }));
    t.match(await outcome(second, 'same'), { status: 'failed', exitCode: 7, output: /second-life/ });
    for (const { allocation_id: id } of (await second.api.job('same')).allocations) known.push(id);
    t.equal(logId(), logOfFirst, 'the agent still knows its work, because the log has the same id');
    await second.stop();

    await succeeds(t, ['cluster', 'begin-epoch'], { ...env, MUSTER_DATA_DIR: secondDir });
    await second.start();
    taken(await second.api.delete('/jobs/same'));
    await second.api.submit(job('other', { command: echo('third-life') }));
    t.match(await outcome(second, 'other'), { status: 'complete', output: /third-life/ });
    t.equal(new Set(known).size, known.length, 'no id was used twice');
    await agent.stop();
    await second.stop();
    await succeeds(t, ['verify', '--data-dir', secondDir, '--eventstore', store.url]);
  },
);
