import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { encode } from '#test/fixtures/muster-events.js';
import { ruleForRunningServer, ruleForServers } from '#src/stores/eventstore-server/write-rule.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { FOREIGN } from '../../../fixtures/foreign-events.js';
import { RawWire } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

const denied = { code: 7, exception: 'access-denied' };
const { type, data, metadata } = encode(
  { type: 'JobDeleted', data: { jobId: 'a', evaluationId: 'e' } },
  { $correlationId: 'c', $causationId: 'x', at: 1 },
);
const ours = { type, data, metadata };

void t.test("accepts only Muster's events in Muster's streams", async (t) => {
  const { server, client } = await servedStore(t, { rule: ruleForServers('accept', EVENT_CATALOG) });
  const wire = new RawWire(t, server.port);
  for (const event of [
    ...FOREIGN,
    { ...ours, data: '[]' },
    { ...ours, data: 'no JSON' },
    { ...ours, contentType: 'application/octet-stream' },
    { ...ours, metadata: '' },
  ]) {
    t.match(await wire.append('job-a', 'any', [event]), denied, JSON.stringify(event));
    t.match(
      await wire.append('scheduler', 'any', [ours, event]),
      denied,
      'an invalid event among valid ones is refused too',
    );
  }
  const batch = await client
    .appendToStream('job-a', jsonEvent({ type: 'JobDeleted', data: {} }))
    .catch((error: unknown) => error);
  t.ok(batch instanceof AccessDeniedError, String(batch));
  t.equal(await wire.appended('job-a', 'no_stream', [ours]), '0@1');
  t.equal(
    await wire.appended('job-a', 0, [{ ...ours, type: 'JobFramed' }]),
    '1@2',
    'an unknown event type is accepted, because a newer Muster may write it',
  );
  t.equal(await wire.appended('notes-a', 'any', [FOREIGN[0]!]), '0@3');
});

void t.test("refuses to delete, to tombstone and to truncate Muster's streams", async (t) => {
  const { client, store, server } = await servedStore(t, { rule: ruleForServers('accept', EVENT_CATALOG) });
  const wire = new RawWire(t, server.port);
  for (const stream of ['job-a', 'scheduler']) {
    t.equal(typeof (await wire.appended(stream, 'no_stream', [ours])), 'string');
    for (const attempt of [
      () => client.setStreamMetadata(stream, { truncateBefore: 9999 }),
      () => client.setStreamMetadata(stream, { maxCount: 1 }),
      () => client.deleteStream(stream),
      () => client.tombstoneStream(stream),
    ])
      t.equal(
        await attempt().then(
          () => 'accepted',
          (error: unknown) => (error as { readonly type: string }).type,
        ),
        'access-denied',
      );
    t.match(
      await wire.append(`$$${stream}`, 'any', [{ ...ours, type: '$metadata', data: '{"$maxAge":1}' }]),
      denied,
    );
    let events = 0;
    for await (const page of store.readStream(stream)) events += page.length;
    t.equal(events, 1);
  }
  await client.appendToStream('notes-a', jsonEvent({ type: 'Noted', data: {} }));
  await client.setStreamMetadata('notes-a', { maxCount: 1 });
  await client.tombstoneStream('notes-a');
});

void t.test('accepts or refuses foreign streams as configured', (t) => {
  const [accepts, refuses] = [
    ruleForServers('accept', EVENT_CATALOG),
    ruleForServers('refuse', EVENT_CATALOG),
  ];
  for (const rule of [accepts, refuses])
    for (const stream of ['job-a', 'scheduler', 'storeIdentity-muster'])
      t.equal(rule.refusalOf(stream), undefined, stream);
  t.equal(accepts.refusalOf('notes'), undefined);
  t.match(refuses.refusalOf('notes'), /MUSTER_EVENTSTORE_FOREIGN=refuse/);
  t.match(
    ruleForRunningServer('accept', EVENT_CATALOG).refusalOf('job-a'),
    /'job-a' belongs to Muster.*audit-2026/,
    "only the running server writes to Muster's own streams",
  );
  t.equal(ruleForRunningServer('accept', EVENT_CATALOG).refusalOf('notes'), undefined);
  t.match(
    ruleForRunningServer('refuse', EVENT_CATALOG).refusalOf('notes'),
    /MUSTER_EVENTSTORE_FOREIGN=refuse/,
  );
  t.end();
});

void t.test('applies MUSTER_EVENTSTORE_FOREIGN in muster eventstore', async (t) => {
  const { url } = await startEventStoreProcess(t, { env: { MUSTER_EVENTSTORE_FOREIGN: 'refuse' } });
  const client = EventStoreDBClient.connectionString(url);
  t.teardown(() => client.dispose());
  const refused = await client
    .appendToStream('notes', jsonEvent({ type: 'A', data: {} }))
    .catch((error: unknown) => error);
  t.ok(refused instanceof AccessDeniedError, String(refused));
  const hidden = await client.setStreamMetadata('notes', { maxCount: 1 }).catch((error: unknown) => error);
  t.ok(hidden instanceof AccessDeniedError, String(hidden));
});
