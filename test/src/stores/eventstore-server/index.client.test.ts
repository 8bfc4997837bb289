import { randomUUID } from 'node:crypto';
import {
  binaryEvent,
  excludeSystemEvents,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  WrongExpectedVersionError,
  type AllStreamRecordedEvent,
} from '@eventstore/db-client';
import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

const event = (type = 'Sent', data: Record<string, unknown> = { n: 1 }) => jsonEvent({ type, data });

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Returns the error of a rejected promise. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

void t.test('reads appended events in both directions, with their positions', async (t) => {
  const { client } = await servedStore(t);
  const sent = [event('A', { text: 'grüße, 世界 🦊' }), event('B')];
  const result = await client.appendToStream('orders-1', sent, { expectedRevision: 'no_stream' });
  t.match(result, { success: true, nextExpectedRevision: 1n, position: { commit: 2n, prepare: 2n } });
  const read = await all(client.readStream('orders-1'));
  t.strictSame(
    read.map(({ event: each }) => [each?.id, each?.type, each?.revision, each?.data]),
    sent.map((each, n) => [each.id, each.type, BigInt(n), each.data]),
  );
  const backwards = await all(
    client.readStream('orders-1', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }),
  );
  t.strictSame(
    backwards.map(({ event: each }) => each?.type),
    ['B'],
  );
  t.strictSame(
    (await all(client.readAll())).map(({ event: each }) => each?.position),
    [
      { commit: 1n, prepare: 1n },
      { commit: 2n, prepare: 2n },
    ],
  );
});

void t.test(
  "refuses a stale revision with the client's own error, in single and batch appends",
  async (t) => {
    const { client, server } = await servedStore(t);
    await client.appendToStream('orders-1', [event(), event()], { expectedRevision: 'any' });
    // With credentials for a single call, the client does not use batches.
    const ways: EventStoreDBClient[] = [client, EventStoreDBClient.connectionString(server.url)];
    for (const [n, each] of ways.entries()) {
      const credentials = n === 0 ? {} : { credentials: { username: 'any', password: 'one' } };
      const stale = (expectedRevision: bigint | 'no_stream') =>
        failure(each.appendToStream('orders-1', [event()], { expectedRevision, ...credentials }));
      for (const expected of [0n, 7n, 'no_stream'] as const) {
        const error = await stale(expected);
        t.ok(error instanceof WrongExpectedVersionError, String(error));
        t.match(error, { streamName: 'orders-1', actualVersion: 1n, expectedVersion: expected });
      }
      const missing = await failure(
        each.appendToStream('none-1', [event()], { expectedRevision: 'stream_exists', ...credentials }),
      );
      t.ok(missing instanceof WrongExpectedVersionError);
    }
    await ways[1]?.dispose();
  },
);

void t.test(
  'limits reads by stream metadata, and restarts a deleted stream at its next revision',
  async (t) => {
    const { client } = await servedStore(t);
    for (let n = 0; n < 5; n += 1) await client.appendToStream('orders-1', event('E', { n }));
    await client.setStreamMetadata('orders-1', { maxCount: 2, owner: 'me' });
    t.match(await client.getStreamMetadata('orders-1'), { metadata: { maxCount: 2, owner: 'me' } });
    const revisions = async () =>
      (await all(client.readStream('orders-1'))).map(({ event: each }) => each?.revision);
    t.strictSame(await revisions(), [3n, 4n]);
    await client.setStreamMetadata('orders-1', { truncateBefore: 1 });
    t.strictSame(await revisions(), [1n, 2n, 3n, 4n]);
    await client.deleteStream('orders-1');
    t.ok((await failure(revisions())) instanceof StreamNotFoundError);
    t.match(await client.appendToStream('orders-1', event(), { expectedRevision: 'no_stream' }), {
      nextExpectedRevision: 5n,
    });
    t.strictSame(await revisions(), [5n]);
    await client.tombstoneStream('orders-1');
    t.ok((await failure(revisions())) instanceof StreamDeletedError);
    t.ok((await failure(client.appendToStream('orders-1', event()))) instanceof StreamDeletedError);
    t.ok((await failure(client.getStreamMetadata('orders-1'))) instanceof StreamDeletedError);
    const last = (await all(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })))[0]
      ?.event;
    t.match(last, { streamId: 'orders-1', type: '$streamDeleted', revision: 9223372036854775807n });
  },
);

void t.test('returns no metadata for a missing stream, and accepts names in any script', async (t) => {
  const { client } = await servedStore(t);
  t.match(await client.getStreamMetadata('none-1'), { streamName: 'none-1', metadata: undefined });
  const name = 'заметки-ü 🦊';
  await client.setStreamMetadata(name, { truncateBefore: 1, 世界: 'ja' });
  await client.appendToStream(name, [event('Ärger'), event('喜び')]);
  t.strictSame(
    (await all(client.readStream(name))).map(({ event: each }) => [each?.streamId, each?.type]),
    [[name, '喜び']],
  );
  t.match(await client.getStreamMetadata(name), { metadata: { 世界: 'ja' } });
  await client.tombstoneStream(name);
  t.ok(
    (await failure(
      client.appendToStream(name, event(), { credentials: { username: 'a', password: 'b' } }),
    )) instanceof StreamDeletedError,
    'the tombstone is reported even though trailers are ASCII',
  );
});

void t.test('returns binary data and metadata byte for byte', async (t) => {
  const { client } = await servedStore(t);
  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
  const looksLikeOurs = { $octets: 'AAECAw==', json: true };
  await client.appendToStream('files-1', [
    binaryEvent({ type: 'Whole', data: bytes, metadata: bytes }),
    binaryEvent({ type: 'Empty', data: new Uint8Array() }),
    jsonEvent({ type: 'Lookalike', data: looksLikeOurs, metadata: looksLikeOurs }),
  ]);
  const [whole, empty, lookalike] = (await all(client.readStream('files-1'))).map(({ event: each }) => each);
  t.match(whole, { isJson: false });
  t.strictSame(Buffer.from(whole?.data as Uint8Array), Buffer.from(bytes));
  t.strictSame(Buffer.from(whole?.metadata as Uint8Array), Buffer.from(bytes));
  t.equal((empty?.data as Uint8Array).length, 0);
  t.match(lookalike, { isJson: true, data: looksLikeOurs, metadata: looksLikeOurs });
});

void t.test('accepts an append of exactly 1 MiB or of 10,000 events, and refuses a larger one', async (t) => {
  const { client } = await servedStore(t);
  const mebibyte = 1_048_576;
  await client.appendToStream('big-1', binaryEvent({ type: 'Fits', data: new Uint8Array(mebibyte) }));
  const error = await failure(
    client.appendToStream('big-1', binaryEvent({ type: 'TooBig', data: new Uint8Array(mebibyte + 1) })),
  );
  t.ok(error instanceof MaxAppendSizeExceededError, String(error));
  t.equal((error as MaxAppendSizeExceededError).maxAppendSize, mebibyte);
  const many = await client.appendToStream(
    'many-1',
    Array.from({ length: 10_000 }, (_, n) => event('N', { n })),
  );
  t.equal(many.nextExpectedRevision, 9999n);
  t.equal((await all(client.readStream('many-1'))).length, 10_000);
});

void t.test('writes 10,000 appends made in one tick to 100 streams exactly once and in order', async (t) => {
  const { client } = await servedStore(t);
  const streams = Array.from({ length: 100 }, () => `flood-${randomUUID()}`);
  // The client sends its very first append after later ones, because it is still opening the batch call.
  await client.appendToStream('first-1', event());
  const appends = Array.from({ length: 10_000 }, (_, n) =>
    client.appendToStream(streams[n % 100] ?? '', event('Flood', { n })),
  );
  await Promise.all(appends);
  for (const [s, stream] of streams.entries()) {
    const seen = (await all(client.readStream<ReturnType<typeof event>>(stream))).map(
      (each) => each.event?.data['n'],
    );
    t.strictSame(
      seen,
      Array.from({ length: 100 }, (_, n) => s + n * 100),
    );
  }
});

void t.test('sends history and new events to a filtered subscription, with checkpoints', async (t) => {
  const { client } = await servedStore(t);
  for (let n = 0; n < 100; n += 1)
    await client.appendToStream(n % 10 === 0 ? 'wanted-1' : 'other-1', event('E', { n }));
  const checkpoints: bigint[] = [];
  const filter = streamNameFilter({
    prefixes: ['wanted-'],
    maxSearchWindow: 20,
    checkpointInterval: 1,
    checkpointReached: (_, { commit }) => void checkpoints.push(commit),
  });
  const subscription = client.subscribeToAll({ fromPosition: START, filter });
  const seen: AllStreamRecordedEvent[] = [];
  for await (const { event: each } of subscription) {
    if (each === undefined) continue;
    seen.push(each);
    if (seen.length === 10) await client.appendToStream('wanted-1', event('Live'));
    if (seen.length === 11) break;
  }
  t.ok(seen.every(({ streamId }) => streamId === 'wanted-1'));
  t.equal(seen.at(-1)?.type, 'Live');
  t.ok(checkpoints.length >= 4, `${checkpoints.length} checkpoints`);
  await subscription.unsubscribe();
});

void t.test("excludes system events with the client's own filter", async (t) => {
  const { client } = await servedStore(t);
  await client.setStreamMetadata('a-1', { maxCount: 1 });
  await client.appendToStream('a-1', event());
  const subscription = client.subscribeToAll({ filter: excludeSystemEvents() });
  for await (const { event: each } of subscription) {
    t.equal(each?.streamId, 'a-1');
    break;
  }
  await subscription.unsubscribe();
});

void t.test('starts stream subscriptions where requested, and ends them at a tombstone', async (t) => {
  const { client } = await servedStore(t);
  for (let n = 0; n < 3; n += 1) await client.appendToStream('a-1', event('E', { n }));
  const after = await first(client.subscribeToStream('a-1', { fromRevision: 1n }), 1);
  t.strictSame(after, [2n]);
  const live = first(
    client.subscribeToStream('a-1', { fromRevision: 'end' }),
    1,
    () => void client.appendToStream('a-1', event('Live')),
  );
  t.strictSame(await live, [3n]);
  const ended = client.subscribeToStream('a-1');
  const error = await failure(
    (async () => {
      for await (const { event: each } of ended)
        if (each?.revision === 3n) await client.tombstoneStream('a-1');
    })(),
  );
  t.ok(error instanceof StreamDeletedError, String(error));
});

/** Returns the revisions of the first events of a subscription. */
async function first(
  subscription: ReturnType<EventStoreDBClient['subscribeToStream']>,
  count: number,
  onConfirmed?: () => void,
): Promise<(bigint | undefined)[]> {
  if (onConfirmed !== undefined) subscription.once('confirmation', onConfirmed);
  const seen: (bigint | undefined)[] = [];
  for await (const { event: each } of subscription) {
    seen.push(each?.revision);
    if (seen.length === count) break;
  }
  await subscription.unsubscribe();
  return seen;
}
