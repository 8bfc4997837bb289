import { EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client';
import t from 'tap';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { serverOnStore } from '../fixtures/remote-log.js';

t.setTimeout(240_000);

/** The revision of a stream's newest event; -1 for a stream without one. */
async function newestRevision(client: EventStoreDBClient, stream: string): Promise<number> {
  let revision = -1;
  // The read is consumed to its end: the client could not be disposed of while it is open.
  try {
    for await (const { event } of client.readStream(stream, { direction: 'backwards', fromRevision: 'end', maxCount: 1 })) revision = Number(event?.revision);
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return revision;
}

void t.test('a stream of the scheduler that does not begin at revision 0 stops the start, and is named', async (t) => {
  const store = await startEventStoreProcess(t);
  const first = await (await serverOnStore(t, store.url)).start();
  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => client.dispose());
  let revision = -1;
  for (let n = 0; revision < 1; n += 1) {
    t.equal((await first.api.post('/jobs', job(`job-${n}`))).status, 200);
    const before = revision;
    await eventually(async () => (revision = await newestRevision(client, 'scheduler')) > before, { what: 'a plan' });
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
});

void t.test('metadata that cuts the log is shown by readiness, and a cut stream is refused by name while others go on', async (t) => {
  const store = await startEventStoreProcess(t);
  const server = await (await serverOnStore(t, store.url)).start();
  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => client.dispose());
  for (const id of ['cut', 'whole']) t.equal((await server.api.post('/jobs', job(id))).status, 200);
  const readiness = async () => JSON.stringify((await server.api.get('/readyz?verbose')).body);
  t.match(await readiness(), /every event is kept/);

  await client.setStreamMetadata('scheduler', { maxCount: 100_000 });
  await eventually(async () => (await readiness()).includes('scheduler ($maxCount 100000) cuts off events'), { what: 'a warning' });
  t.equal((await server.api.get('/readyz')).status, 200, 'nothing is lost yet, so the server serves');
  await client.setStreamMetadata('scheduler', {});
  await eventually(async () => (await readiness()).includes('every event is kept'), { what: 'the end of the warning' });

  for (const id of ['cut', 'whole']) t.equal((await server.api.delete(`/jobs/${id}`)).status, 200);
  await client.setStreamMetadata('job-cut', { maxCount: 1 });
  await server.stop();
  await server.start();
  const refused = await server.api.post('/jobs/cut/restart');
  t.equal(refused.status, 500);
  t.match(JSON.stringify(refused.body), /stream job-cut goes on at revision \d+ where 0 is due/);
  t.equal((await server.api.post('/jobs/whole/restart')).status, 200);
  await client.setStreamMetadata('job-cut', {});
  t.equal((await server.api.post('/jobs/cut/restart')).status, 200);
});
