import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { CLUSTER_LEVEL } from '#domain/kernel/event/cluster-level.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { group } from '../../../fixtures/jobs.js';
import { muster } from '../../../fixtures/program.js';
import { prepareServer, startServer } from '../../../fixtures/server.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { embeddedWiring } from '../../../fixtures/wiring/embedded.js';
import { commandContext } from '../../../fixtures/command-context.js';

/** Raises the cluster level as a newer version would. */
async function raisedByNewer(store: EventStore, expected: number | 'no_stream' = 'no_stream'): Promise<void> {
  const metadata = JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 1 });
  await store.append({
    stream: 'cluster',
    expected,
    events: [
      {
        id: randomUUID(),
        type: 'ClusterLevelRaised',
        data: JSON.stringify({ level: CLUSTER_LEVEL + 1 }),
        metadata,
      },
    ],
  });
}

await t.test(
  'shows the level while a server is running, but raises it only after the server has stopped',
  async (t) => {
    const dataDir = join(ownFolder(t), 'server');
    const server = await startServer(t, { dataDir, wiring: await embeddedWiring(t, dataDir) });
    await server.api.post('/jobs', { job_id: 'one', task_groups: [group()] });
    const env = { MUSTER_DATA_DIR: server.dataDir };
    const shown = await muster(['cluster', 'level'], env);
    t.match(shown, {
      code: 0,
      stdout: `the cluster is at level 1; this version of Muster supports ${CLUSTER_LEVEL}`,
    });
    t.same(JSON.parse((await muster(['cluster', 'level', '-o', 'json'], env)).stdout), {
      level: 1,
      known: CLUSTER_LEVEL,
    });
    t.equal((await muster(['cluster', 'raise-level', '1'], env)).code, 75);
    await server.stop();
    t.match(await muster(['cluster', 'raise-level', '1'], env), { code: 0, stdout: /at level 1/ });
    t.match(await muster(['cluster', 'raise-level', String(CLUSTER_LEVEL + 1)], env), {
      code: 1,
      stderr: /supports levels up to/,
    });
    t.match(await muster(['cluster', 'raise-level', 'high'], env), {
      code: 1,
      stderr: /must be a whole number/,
    });
  },
);

await t.test('raises the level of a remote event store, and reports a level that is too new', async (t) => {
  const { server, store } = await servedStore(t);
  const env = { MUSTER_EVENTSTORE_URL: server.url };
  t.match(await muster(['cluster', 'raise-level', '1'], env), { code: 0, stdout: /at level 1/ });
  await raisedByNewer(store);
  t.match(await muster(['cluster', 'level'], env), {
    code: 1,
    stderr: /the cluster is at level \d+, but this version of Muster supports only \d+/,
  });
});

await t.test('does not start a server that is too old for the level of its log', async (t) => {
  const dataDir = join(ownFolder(t), 'server');
  const store = await openSqliteEventStore({ directory: dataDir });
  await raisedByNewer(store);
  await store.close();
  const server = await prepareServer(t, { dataDir, wiring: await embeddedWiring(t, dataDir) });
  const program = server.launch();
  t.match(await program.exited, { code: 1 });
  t.match(program.tail(), /the cluster is at level \d+, but this version of Muster supports only \d+/);
});

await t.test('stops writing once a newer version has raised the level', async (t) => {
  const store = createMemoryEventStore();
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
  const context = commandContext({ commandId: 'c', surface: 'cluster' });
  const submit = (jobId: string) =>
    executor.execute(
      jobs,
      jobId,
      {
        kind: 'submit',
        jobId,
        evaluationId: randomUUID(),
        specification: {
          task_groups: [
            { name: 'main', tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }] },
          ],
        },
      },
      context,
    );
  await submit('before');
  await raisedByNewer(store);
  let tries = 0;
  await eventually(
    async () =>
      await submit(`try-${(tries += 1)}`).then(
        () => false,
        (error: unknown) => isMusterError(error, 'MUSTER_E_CLUSTER_LEVEL'),
      ),
    { what: 'the refusal of a submission' },
  );
  const head = await store.head();
  await t.rejects(submit('after'), { code: 'MUSTER_E_CLUSTER_LEVEL', status: 503 });
  t.equal(await store.head(), head);
  await executor.close();
  await store.close();
});
