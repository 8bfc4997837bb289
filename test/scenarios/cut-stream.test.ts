import { EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client';
import t, { type Test } from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { logged, serverOnStore } from '../fixtures/remote-log.js';
import { servedStore } from '../fixtures/wire-server.js';

t.setTimeout(240_000 * PATIENCE);

/** Timeout in milliseconds. Readiness checks stream metadata every two seconds. */
const WARNED_MS = 20_000;

/** Returns a store that, like an EventStoreDB and unlike `muster eventstore`, allows deleting Muster's streams. */
async function storeThatAllows(t: Test): Promise<{ readonly url: string }> {
  return (await servedStore(t)).server;
}

/** Returns the revision of a stream's newest event, or -1 for an empty stream. */
async function newestRevision(client: EventStoreDBClient, stream: string): Promise<number> {
  let revision = -1;
  // Consumes the read to its end, because the client cannot be disposed of while a read is open.
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
  'a server does not start if a scheduler stream does not begin at revision 0, and reports the stream',
  async (t) => {
    const store = await storeThatAllows(t);
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
    t.equal((await fresh.stop()).code, 0, 'the server starts without the metadata');
  },
);

void t.test(
  'readiness reports metadata that truncates the log, and commands are refused only on truncated streams',
  async (t) => {
    const store = await storeThatAllows(t);
    const server = await (await serverOnStore(t, store.url)).start();
    const client = EventStoreDBClient.connectionString(store.url);
    t.teardown(() => client.dispose());
    for (const id of ['cut', 'whole']) t.equal((await server.api.post('/jobs', job(id))).status, 200);
    const readiness = async () => JSON.stringify((await server.api.get('/readyz?verbose')).body);
    await eventually(async () => (await readiness()).includes('no stream discards events'), {
      what: 'a readiness report without warnings',
    });

    await client.setStreamMetadata('scheduler', { maxCount: 100_000 });
    await eventually(
      async () => (await readiness()).includes('scheduler ($maxCount 100000) discards events'),
      { what: 'a warning', timeout: WARNED_MS },
    );
    t.equal((await server.api.get('/readyz')).status, 200, 'nothing is lost yet, so the server serves');
    await client.setStreamMetadata('scheduler', {});
    await eventually(async () => (await readiness()).includes('no stream discards events'), {
      what: 'the end of the warning',
      timeout: WARNED_MS,
    });

    for (const id of ['cut', 'whole']) t.equal((await server.api.delete(`/jobs/${id}`)).status, 200);
    await client.setStreamMetadata('job-cut', { maxCount: 1 });
    await server.stop();
    await server.start();
    await eventually(async () => (await readiness()).includes('job-cut ($maxCount 1) discards events'), {
      what: 'a warning about the stream of the job',
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

void t.test(
  "readiness reports exactly those of Muster's streams that are truncated or deleted",
  async (t) => {
    const store = await storeThatAllows(t);
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
    t.match(shown, /the metadata of job-cut \(\$tb 1\) discards events/);
    await eventually(() => logged(server, 'check-fails').some(({ check }) => check === 'event-retention'), {
      what: 'a log line',
    });
    const verified = await muster(['verify', '--data-dir', server.dataDir, '--eventstore', store.url]);
    t.equal(verified.code, 1);
    t.match(verified.stdout, /streams: job-cut is deleted, or truncated to nothing: revision 0 is lost/);
    t.match(verified.stdout, /streams: job-deleted is deleted, or truncated to nothing: revisions? 0/);
    t.match(verified.stdout, /streams: job-buried is permanently deleted: revisions? 0/);
    t.notMatch(verified.stdout, /job-whole|others-1|according to the events/);
    t.match(shown, /the metadata of job-deleted \(\$tb 9223372036854775807\) discards events/);
    t.match(shown, /stream job-buried is permanently deleted/);
    t.notMatch(shown, /job-whole|others-1/);
  },
);

void t.test('what runs of a job whose stream was truncated or deleted can be stopped', async (t) => {
  const store = await storeThatAllows(t);
  const server = await serverOnStore(t, store.url, { env: { MUSTER_EMBEDDED_AGENT: 'true' } });
  await server.start();
  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => client.dispose());
  const ids = ['cut', 'deleted', 'buried', 'purged'];
  for (const id of ids) {
    await server.api.submit(job(id));
    await server.api.submit(job(id, { count: 2 }));
  }
  const running = async (id: string): Promise<number> =>
    (await server.api.job(id)).allocations.filter(({ status }) => status === 'running').length;
  for (const id of ids)
    await eventually(async () => (await running(id)) === 2, { what: `two allocations of ${id}` });
  await client.setStreamMetadata('job-cut', { truncateBefore: 1 });
  await client.deleteStream('job-deleted');
  for (const id of ['buried', 'purged']) await client.tombstoneStream(`job-${id}`);
  // The command executor remembers streams that it has read.
  await server.restart();
  const heartbeat = async (): Promise<number> => (await server.api.nodes())[0]?.last_heartbeat ?? 0;
  for (let beats = 0, last = await heartbeat(); beats < 3; beats += 1)
    last = await eventually(async () => ((await heartbeat()) > last ? await heartbeat() : undefined), {
      what: 'a heartbeat',
    });
  t.same(logged(server, 'agent.allocation.surplus'), [], 'what runs keeps running until it is stopped');

  for (const id of ['cut', 'deleted', 'buried']) {
    const stopped = await server.api.delete(`/jobs/${id}`);
    t.equal(stopped.status, 200, id);
    t.match(stopped.body, { message: new RegExp(`stream job-${id}`) }, 'the response says what is missing');
    await eventually(async () => (await running(id)) === 0, { what: `the end of ${id}` });
    t.match((await server.api.get(`/jobs/${id}`)).body, { status: 'dead' });
    t.equal((await server.api.delete(`/jobs/${id}`)).status, 200, 'stopping it again has no effect');
  }
  t.equal((await server.api.post('/jobs/purged/delete')).status, 200);
  await eventually(async () => !JSON.stringify((await server.api.get('/jobs')).body).includes('purged'), {
    what: 'the removal of the job from the lists',
  });
  await eventually(() => logged(server, 'agent.task.ended').length === 2 * ids.length, {
    what: 'the end of all tasks',
  });
  t.equal((await server.api.delete('/jobs/never')).status, 404);
  const verified = await muster(['verify', '--data-dir', server.dataDir, '--eventstore', store.url]);
  t.notMatch(verified.stdout, /~ended/, 'the streams with the ends are whole');
});
