import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { EVENTS } from '#test/fixtures/muster-events.js';
import { malformedField } from '#domain/kernel/event/well-formed.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { serverOnStore } from '../fixtures/remote-log.js';

t.setTimeout(600_000);

void t.test('events with data that no fold can read stop nothing, and are named', async (t) => {
  const store = await startEventStoreProcess(t);
  const server = await (await serverOnStore(t, store.url)).start();
  const client = EventStoreDBClient.connectionString(`${store.url}&defaultDeadline=120000`);
  t.teardown(() => client.dispose());
  let written = 0;
  const poison = async (stream: string, type: string, data: Record<string, never>): Promise<void> => {
    const { version } = EVENTS[type as keyof typeof EVENTS];
    const metadata = {
      $correlationId: randomUUID(),
      $causationId: randomUUID(),
      at: Date.now(),
      v: version,
      actor: 'user:x',
    };
    await client.appendToStream(stream, jsonEvent({ type, data, metadata }));
    written += 1;
  };
  const works = async (name: string): Promise<void> => {
    t.equal((await server.api.post('/jobs', { job_id: name, ...job(name) })).status, 200);
    await eventually(async () => (await server.api.get(`/jobs/${name}`)).status === 200, { what: name });
    await eventually(
      async () => ((await server.api.get(`/jobs/${name}`)).body as { status: string }).status === 'blocked',
      { what: 'an evaluation, which finds no node' },
    );
  };
  await works('before');
  for (const [type, definition] of Object.entries(EVENTS))
    if (malformedField(definition, {}) !== undefined) await poison(`job-poison-${type}`, type, {});
  for (const [stream, type] of [
    ['scheduler', 'AllocationPlaced'],
    ['task-999', 'TaskCreated'],
    ['cluster', 'LogEpochBegan'],
    ['job-before', 'JobSubmitted'],
  ] as const)
    await poison(stream, type, {});
  await works('after');
  t.equal(server.program.status, undefined, 'the server still runs');
  t.equal((await server.api.delete('/jobs/before')).status, 200, 'the stream of a job takes commands');
  await server.stop();
  await server.start();
  await works('restarted');
  const { code, stdout } = await muster(['verify', '--data-dir', server.dataDir, '--eventstore', store.url]);
  t.equal(code, 1, `${written} events`);
  t.match(
    stdout,
    /events: scheduler@\d+ event AllocationPlaced at position \d+ \(stream scheduler, revision \d+\) cannot/,
  );
  t.match(stdout, /events: job-poison-JobSubmitted@0 event JobSubmitted .*: \w+ is missing/);
});
