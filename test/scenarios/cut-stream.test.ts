import { EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client';
import t from 'tap';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { serverOnStore } from '../fixtures/remote-log.js';

t.setTimeout(240_000);

/** Readiness looks for metadata each 20 s. */
const WARNED_MS = 45_000;

/** The revision of a stream's newest event; -1 for a stream without one. */
async function newestRevision(client: EventStoreDBClient, stream: string): Promise<number> {
  let revision = -1;
  // The read is consumed to its end: the client could not be disposed of while it is open.
  try {
    for await (const { event } of client.readStream(stream, {
      direction: 'backwards',
      fromRevision: 'end',
      maxCount: 1,
    }))
      revision = Number(event?.revision);
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return revision;
}

void t.test(
  'a server does not start if a stream of the scheduler does not begin at revision 0, and names the stream',
  async (t) => {
    const store = await startEventStoreProcess(t);
    const first = await (await serverOnStore(t, store.url)).start();
    const client = EventStoreDBClient.connectionString(store.url);
    t.teardown(() => client.dispose());
    let revision = -1;
    for (let n = 0; revision < 1; n += 1) {
      t.equal((await first.api.post('/jobs', job(`job-${n}`))).status, 200);
      const before = revision;
      await eventually(async () => (revision = await newestRevision(client, 'scheduler')) > before, {
        what: 'a plan',
      });
    }
    await first.stop();
    revision = await newestRevision(client, 'scheduler');
    await client.setStreamMetadata('scheduler', { maxCount: 1 });
    const fresh = await serverOnStore(t, store.url);
    fresh.launch();
    t.equal((await fresh.program.exited).code, 1);
    t.match(fresh.program.tail(), new RegExp(`stream scheduler begins at revision ${revision}, not 0`));
    await client.setStreamMetadata('scheduler', {});
    await fresh.start();
    t.equal((await fresh.stop()).code, 0, 'without the metadata it starts');
  },
);

void t.test(
  'readiness reports metadata that truncates the log, and only commands on a truncated stream are refused, by name',
  async (t) => {
    const store = await startEventStoreProcess(t);
    const server = await (await serverOnStore(t, store.url)).start();
    const client = EventStoreDBClient.connectionString(store.url);
    t.teardown(() => client.dispose());
    for (const id of ['cut', 'whole']) t.equal((await server.api.post('/jobs', job(id))).status, 200);
    const readiness = async () => JSON.stringify((await server.api.get('/readyz?verbose')).body);
    t.match(await readiness(), /every event is kept/);

    await client.setStreamMetadata('scheduler', { maxCount: 100_000 });
    await eventually(
      async () => (await readiness()).includes('scheduler ($maxCount 100000) cuts off events'),
      { what: 'a warning', timeout: WARNED_MS },
    );
    t.equal((await server.api.get('/readyz')).status, 200, 'nothing is lost yet, so the server serves');
    await client.setStreamMetadata('scheduler', {});
    await eventually(async () => (await readiness()).includes('every event is kept'), {
      what: 'the end of the warning',
      timeout: WARNED_MS,
    });

    for (const id of ['cut', 'whole']) t.equal((await server.api.delete(`/jobs/${id}`)).status, 200);
    await client.setStreamMetadata('job-cut', { maxCount: 1 });
    await server.stop();
    await server.start();
    await eventually(async () => (await readiness()).includes('job-cut ($maxCount 1) cuts off events'), {
      what: 'a warning of any stream',
      timeout: WARNED_MS,
    });
    const refused = await server.api.post('/jobs/cut/restart');
    t.equal(refused.status, 500);
    t.match(JSON.stringify(refused.body), /stream job-cut begins at revision \d+, not 0/);
    t.equal((await server.api.post('/jobs/whole/restart')).status, 200);
    await client.setStreamMetadata('job-cut', {});
    t.equal((await server.api.post('/jobs/cut/restart')).status, 200);
  },
);

void t.test('readiness reports exactly the streams of Muster that are truncated or deleted', async (t) => {
  const store = await startEventStoreProcess(t);
  const server = await (await serverOnStore(t, store.url)).start();
  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => client.dispose());
  const readiness = async () => JSON.stringify((await server.api.get('/readyz?verbose')).body);
  for (const id of ['cut', 'deleted', 'buried', 'whole'])
    t.equal((await server.api.post('/jobs', job(id))).status, 200);
  await client.setStreamMetadata('job-cut', { truncateBefore: 1, acl: { readRoles: ['$all'] } });
  await client.setStreamMetadata('job-whole', { acl: { readRoles: ['$all'] } });
  await client.setStreamMetadata('others-1', { maxCount: 3 });
  await client.deleteStream('job-deleted');
  await client.tombstoneStream('job-buried');
  const shown = await eventually(async () => /buried/.exec(await readiness())?.input, {
    what: 'a warning',
    timeout: WARNED_MS,
  });
  t.match(shown, /the metadata of job-cut \(\$tb 1\) cuts off events/);
  t.match(shown, /the metadata of job-deleted \(\$tb 9223372036854775807\) cuts off events/);
  t.match(shown, /stream job-buried is deleted for good/);
  t.notMatch(shown, /job-whole|others-1/);
});
