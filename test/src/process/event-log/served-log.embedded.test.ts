import { join } from 'node:path';
import {
  AccessDeniedError,
  eventTypeFilter,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  streamNameFilter,
  WrongExpectedVersionError,
  type AllStreamRecordedEvent,
} from '@eventstore/db-client';
import t from 'tap';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { job } from '../../../fixtures/jobs.js';
import { muster } from '../../../fixtures/program.js';
import { startServer, type Server } from '../../../fixtures/server.js';
import type { Scope } from '../../../fixtures/scope.js';
import { embeddedWiring } from '../../../fixtures/wiring/embedded.js';

t.setTimeout(180_000 * PATIENCE);

/** Connects to the log of a running server, at the URL that it prints. */
async function connect(t: Scope, server: Server): Promise<EventStoreDBClient> {
  const url = await eventually(() =>
    server.program.stdout
      .map((line) => /"url":"(esdb:[^"]+)"/.exec(line)?.[1])
      .find((found) => found !== undefined),
  );
  const client = EventStoreDBClient.connectionString(url);
  t.teardown(() => client.dispose());
  return client;
}

/** Collects the events of a subscription until the test ends. */
function listen(
  t: Scope,
  subscription: ReturnType<EventStoreDBClient['subscribeToAll']>,
): AllStreamRecordedEvent[] {
  const heard: AllStreamRecordedEvent[] = [];
  subscription.on('data', ({ event }) => {
    if (event !== undefined) heard.push(event);
  });
  // The subscription fails when its server ends.
  subscription.on('error', () => undefined);
  t.teardown(() => subscription.unsubscribe());
  return heard;
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const note = (type = 'Noted', data: Record<string, unknown> = { text: 'read' }) => jsonEvent({ type, data });

void t.test(
  'an auditor can read and filter the history of a running server, and write notes to the log',
  async (t) => {
    const folder = ownFolder(t);
    const dataDir = join(folder, 'server');
    const server = await startServer(t, {
      dataDir,
      wiring: await embeddedWiring(t, dataDir),
      env: { MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:0' },
    });
    await startAgent(t, server, { dataDir: join(folder, 'agent') });
    const client = await connect(t, server);
    const all = listen(t, client.subscribeToAll());
    const placed = listen(
      t,
      client.subscribeToAll({ filter: eventTypeFilter({ prefixes: ['AllocationPlaced'] }) }),
    );
    const jobs = listen(t, client.subscribeToAll({ filter: streamNameFilter({ regex: '^job-' }) }));

    const ids = Array.from({ length: 10 }, (_, n) => `audited-${n}`);
    const first = await client.appendToStream('auditor-notes', note(), { expectedRevision: 'no_stream' });
    t.equal(first.nextExpectedRevision, 0n);
    await Promise.all(ids.map((id) => server.api.submit(job(id, { command: 'true', cpu: 10 }))));
    // Other programs may use Muster's event types in their own streams. Muster ignores such events.
    const forged = ['ClusterCleared', 'AllocationPlaced', 'JobDeleted', 'FromTheFuture'].map((type) =>
      note(type, { jobId: 'audited-1' }),
    );
    await client.appendToStream('auditor-notes', forged, { expectedRevision: 0n });
    await client.appendToStream('jobs', forged);

    await eventually(
      async () =>
        (await server.api.jobs()).filter(({ status }) => status === 'complete').length === ids.length,
      {
        timeout: 60_000,
        what: 'the end of all jobs',
      },
    );
    await eventually(() => placed.length >= ids.length + 2 && jobs.length >= ids.length);
    t.same(placed.filter(({ streamId }) => streamId === 'scheduler').length, ids.length);
    t.same(new Set(jobs.map(({ streamId }) => streamId)), new Set(ids.map((id) => `job-${id}`)));
    t.ok(
      all.every((event, n) => n === 0 || (all[n - 1]?.position.commit ?? 0n) < event.position.commit),
      'events arrive in log order',
    );
    t.match(
      all.find(({ type }) => type === 'JobSubmitted'),
      { isJson: true, data: { specification: {} }, metadata: { $correlationId: String, at: Number } },
    );

    const stale = await failure(client.appendToStream('auditor-notes', note(), { expectedRevision: 1n }));
    t.ok(stale instanceof WrongExpectedVersionError, String(stale));
    t.match(stale, { streamName: 'auditor-notes', expectedVersion: 1n, actualVersion: 4n });

    for (const kept of [
      'job-audited-1',
      'scheduler',
      'cluster',
      'node-n',
      '$$job-audited-1',
      '$$scheduler',
    ]) {
      t.ok(
        (await failure(client.appendToStream(kept, note('$metadata', { $tb: 9 })))) instanceof
          AccessDeniedError,
        `${kept} is reserved for Muster`,
      );
    }
    const large = await failure(
      client.appendToStream('auditor-notes', note('Large', { text: 'x'.repeat(262_144) })),
    );
    t.ok(large instanceof MaxAppendSizeExceededError, "an event larger than Muster's own limit is refused");
    t.equal((large as MaxAppendSizeExceededError).maxAppendSize, 262_144);
    t.ok((await failure(client.deleteStream('job-audited-1'))) instanceof AccessDeniedError);
    t.ok((await failure(client.tombstoneStream('scheduler'))) instanceof AccessDeniedError);

    await server.api.submit(job('after', { command: 'true', cpu: 10 }));
    await eventually(
      async () =>
        (await server.api.jobs()).some(({ job_id, status }) => job_id === 'after' && status === 'complete'),
      {
        what: 'the completion of a job submitted afterwards',
      },
    );
    t.equal((await server.api.jobs()).length, ids.length + 1, 'nothing was cleared or deleted');

    const shown = await muster(['events', '--stream', 'auditor-notes', '-o', 'json', '--data-dir', dataDir]);
    t.equal(
      shown.stdout.trim().split('\n').length,
      5,
      'the command line shows the events that other programs wrote',
    );
    t.notMatch(
      JSON.stringify((await server.api.get('/audit/events?limit=1000')).body),
      'auditor-notes',
      "the audit surface shows only Muster's own history",
    );

    await server.restart();
    t.equal((await server.api.jobs()).length, ids.length + 1, 'a restart folds the same jobs');
    t.match(await server.stop(), { code: 0 });
    const verified = await muster(['verify', '--data-dir', dataDir]);
    t.equal(verified.code, 0, verified.stdout + verified.stderr);
  },
);

void t.test('refuses to serve the log off loopback without TLS and credentials', async (t) => {
  const refused = await muster(['server'], {
    MUSTER_DATA_DIR: ownFolder(t),
    MUSTER_EVENTSTORE_LISTEN: '0.0.0.0:2113',
  });
  t.equal(refused.code, 78);
  t.match(refused.stderr, /MUSTER_EVENTSTORE_LISTEN: 0\.0\.0\.0 is not loopback/);
});
