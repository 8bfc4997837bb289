import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t, { type Test } from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openEsdbEventStore, type EsdbEventStoreOptions } from '#src/stores/eventstoredb/open.js';
import {
  fill,
  gather,
  ids,
  newEvents,
  newStream,
  refused,
  revisions,
} from '../../../contract/event-store/fixture.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { eventStoreUnderTest, NAMED_SERVER } from '../../../fixtures/event-store-under-test.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { WireFront } from '../../../fixtures/wire-front.js';

t.setTimeout(240_000 * PATIENCE);

/** Shared by all tests that tolerate other events in the log. */
const server = await eventStoreUnderTest(t);

async function opened(t: Test, options: Omit<EsdbEventStoreOptions, 'categories'>): Promise<EventStore> {
  const store = await openEsdbEventStore({ categories: ALL_CATEGORIES, ...options });
  t.teardown(() => store.close());
  return store;
}

void t.test(
  'gives a new log a single identity if several clients open it at once',
  { skip: NAMED_SERVER !== undefined && 'needs a new log' },
  async (t) => {
    const [one, other] = [await startEventStoreProcess(t), server];
    const stores = await Promise.all(Array.from({ length: 5 }, () => opened(t, { url: one.url })));
    t.equal(new Set(stores.map(({ id }) => id)).size, 1);
    t.not((await opened(t, { url: other.url })).id, stores[0]?.id);
    const streams = new Set((await gather(stores[0]!.readAll())).map(({ stream }) => stream));
    t.strictSame([...streams], ['storeIdentity-muster'], 'the only event is in a stream that no fold reads');
  },
);

void t.test('keeps event texts byte for byte, including all digits of numbers', async (t) => {
  const store = await opened(t, { url: server.url });
  const event = {
    id: randomUUID(),
    type: 'Odd',
    data: '{ "number": 12345678901234567890.00,\t"again": 1, "again": 2 }',
    metadata: '{"$correlationId":"","$causationId":"","at":1, "v":1 }',
  };
  // A named server may belong to a Muster, which would not understand such a job.
  const own = NAMED_SERVER === undefined ? [`job-${randomUUID()}`] : [];
  for (const stream of [...own, newStream()]) {
    await store.append({ stream, expected: 'no_stream', events: [event] });
    const [read] = await gather(store.readStream(stream));
    t.match(read, { data: event.data, metadata: event.metadata });
  }
});

void t.test('reads foreign data, binary or not JSON, as JSON', async (t) => {
  const store = await opened(t, { url: server.url });
  const client = EventStoreDBClient.connectionString(server.url);
  t.teardown(() => client.dispose());
  const stream = newStream();
  await client.appendToStream(stream, [
    jsonEvent({ type: 'Bare', data: { a: 1 } }),
    {
      id: randomUUID(),
      type: 'Binary',
      contentType: 'application/octet-stream',
      data: Uint8Array.from([0, 255, 1]),
      metadata: Uint8Array.from([200]),
    },
  ]);
  const events = await gather(store.readStream(stream));
  t.equal(events.length, 2);
  for (const { data, metadata } of events) t.doesNotThrow(() => [JSON.parse(data), JSON.parse(metadata)]);
});

void t.test('works with a server that does not support the features call', async (t) => {
  const front = await WireFront.start(t, server);
  front.fail('GetSupportedMethods');
  const store = await opened(t, { url: front.url });
  await fill(store, newStream(), 5);
  t.equal(front.count('GetSupportedMethods'), 0);
  const client = EventStoreDBClient.connectionString(front.url);
  t.teardown(() => client.dispose());
  await t.rejects(
    client.appendToStream(newStream(), jsonEvent({ type: 'Tested', data: {} })),
    'an append of the official client fails on such a server',
  );
});

void t.test('sends all appends over one call, whatever the connection string contains', async (t) => {
  const front = await WireFront.start(t, server);
  const store = await opened(t, { url: `${front.url}&throwOnAppendFailure=false` });
  const stream = newStream();
  await fill(store, stream, 5);
  const before = front.total;
  await store.append({ stream, expected: 4, events: newEvents(200) });
  t.equal(front.total, before, 'no call was needed');
  t.strictSame([front.count('BatchAppend'), front.count('Append')], [1, 0]);
  await refused(t, store.append({ stream, expected: 2, events: newEvents(1) }), 'MUSTER_E_WRONG_REVISION', {
    actual: 204,
    expected: 2,
  });
  t.strictSame([front.count('BatchAppend'), front.count('Append')], [1, 1], 'its own call says why');
  const read = front.total;
  t.equal((await revisions(store, stream, { limit: 60 })).length, 60);
  t.equal(front.total - read, 1, 'a read of a stream of usual length takes one call');
});

void t.test('makes one call per append on a server that has no call for several', async (t) => {
  const front = await WireFront.start(t, server);
  front.fail('BatchAppend', status.UNIMPLEMENTED);
  const store = await opened(t, { url: front.url });
  await fill(store, newStream(), 5);
  t.strictSame([front.count('BatchAppend'), front.count('Append') > 0], [1, true], 'it is tried once');
});

void t.test('settles the appends of a call that breaks, once each', async (t) => {
  const proxy = await FaultyProxy.start(t, server);
  const store = await opened(t, { url: server.through(proxy) });
  for (let turns = 0; turns < 12; turns += 1) {
    const sent = Array.from({ length: 20 }, () => ({ stream: newStream(), events: newEvents(2) }));
    const appending = sent.map(({ stream, events }) =>
      store.append({ stream, expected: 'no_stream', events }),
    );
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    proxy.strike('cut');
    await Promise.all(appending);
    for (const { stream, events } of sent)
      t.strictSame(ids(await gather(store.readStream(stream))), ids(events));
  }
});

void t.test('follows the leader that another member reports', async (t) => {
  const front = await WireFront.start(t, server);
  const changes: object[] = [];
  const store = await opened(t, { url: front.url, onOtherMember: (change) => changes.push(change) });
  const stream = newStream();
  const sent = ids(await fill(store, stream, 3));
  t.strictSame(changes, [], 'no change of leader is reported before');
  front.follow(server);
  const append = newEvents(2);
  t.equal(
    (await store.append({ stream, expected: 2, events: append })).revision,
    4,
    'the append was not written twice',
  );
  const behind = front.total;
  t.strictSame(ids(await gather(store.readStream(stream))), [...sent, ...ids(append)]);
  t.equal(front.total, behind, 'later calls go to the leader');
  t.strictSame(
    changes,
    [{ before: new URL(front.url.replace('esdb', 'http')).host, now: `127.0.0.1:${server.port}` }],
    'the change of leader is reported once',
  );
  const seen: string[] = [];
  for await (const message of store.subscribe({ filter: { streamPrefixes: [stream] } })) {
    if (message.kind === 'events') seen.push(...ids(message.events));
    if (message.kind === 'caughtUp') break;
  }
  t.strictSame(seen, [...sent, ...ids(append)]);
});

void t.test('appends to the leader that a read has found', async (t) => {
  const front = await WireFront.start(t, server);
  const store = await opened(t, { url: front.url });
  const stream = newStream();
  await fill(store, stream, 3);
  front.follow(server);
  await gather(store.readStream(stream));
  const before = front.total;
  t.equal((await store.append({ stream, expected: 2, events: newEvents(1) })).revision, 3);
  t.equal(front.total, before, 'the call to the former leader is not used any more');
});

void t.test('returns nothing after a position beyond the end', async (t) => {
  const store = await opened(t, { url: server.url });
  await fill(store, newStream(), 1);
  const head = (await store.head()) ?? 0n;
  const read = await gather(store.readAll({ from: head + 1_000n })).catch((error: unknown) => error);
  t.ok(
    Array.isArray(read) ? read.length === 0 : isMusterError(read, 'MUSTER_E_INVALID'),
    'a read beyond the end returns nothing or is refused',
  );
});

void t.test('serves hundreds of concurrent subscriptions and appends', async (t) => {
  const store = await opened(t, { url: server.url });
  const category = newStream().replaceAll('-', '');
  const listeners = Array.from({ length: 150 }, () =>
    store.subscribe({ filter: { streamPrefixes: [`${category}-`] } })[Symbol.asyncIterator](),
  );
  await Promise.all(
    listeners.map(async (listener) => {
      for (
        let message = await listener.next();
        message.done !== true && message.value.kind !== 'caughtUp';
        message = await listener.next()
      );
    }),
  );
  await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      store.append({ stream: `${category}-${n}`, expected: 'no_stream', events: newEvents(1) }),
    ),
  );
  const counts = await Promise.all(
    listeners.map(async (listener) => {
      const seen = new Set<string>();
      while (seen.size < 100) {
        const { value, done } = await listener.next();
        if (done === true) break;
        if (value.kind === 'events') for (const { id } of value.events) seen.add(id);
      }
      await listener.return?.();
      return seen.size;
    }),
  );
  t.ok(counts.every((count) => count === 100));
});

void t.test('refuses more waiting appends than allowed and accepts the others', async (t) => {
  const store = await opened(t, { url: server.url, limits: { openCalls: 4, waitingCalls: 10 } });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, () =>
      store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    ),
  );
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 14);
  t.ok(
    outcomes.every(
      (outcome) => outcome.status === 'fulfilled' || isMusterError(outcome.reason, 'MUSTER_E_STORE_BUSY'),
    ),
  );
});

void t.test('sends a bounded amount of data to a slow reader, which misses no events', async (t) => {
  const proxy = await FaultyProxy.start(t, server);
  const direct = await opened(t, { url: server.url });
  const store = await opened(t, { url: server.through(proxy) });
  const stream = newStream();
  const listener = store.subscribe({ after: 'end' })[Symbol.asyncIterator]();
  await listener.next();
  const text = JSON.stringify('x'.repeat(8_000));
  const sent: string[] = [];
  for (let at = 0; at < 6_000; at += 30) {
    const events = newEvents(30).map((event) => ({ ...event, data: text }));
    await direct.append({ stream, expected: at === 0 ? 'no_stream' : at - 1, events });
    sent.push(...ids(events));
  }
  let passed = -1;
  await eventually(() => passed === (passed = proxy.passed.client), {
    interval: 300,
    what: 'the end of the transfer',
  });
  t.ok(passed < 16 * 1024 * 1024, `${passed} of ${6_000 * text.length} bytes were sent`);
  const seen: string[] = [];
  while (seen.length < sent.length) {
    const { value } = (await listener.next()) as { value: { kind: string; events?: { id: string }[] } };
    seen.push(...ids(value.events ?? []));
  }
  t.strictSame(seen, sent);
  await listener.return?.();
});

void t.test('requests uncompressed responses', async (t) => {
  const headers: IncomingHttpHeaders[] = [];
  const plain = createServer().on('stream', (stream, sent) => {
    headers.push(sent);
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16' },
      { endStream: true },
    );
  });
  await new Promise<void>((resolve) => void plain.listen(0, '127.0.0.1', resolve));
  t.teardown(() => plain.close());
  const { port } = plain.address() as AddressInfo;
  await t.rejects(
    openEsdbEventStore({ categories: ALL_CATEGORIES, url: `esdb://127.0.0.1:${port}?tls=false` }),
  );
  t.ok(headers.length > 0);
  for (const sent of headers)
    t.match(sent, { 'grpc-accept-encoding': 'identity', 'requires-leader': 'true' });
});

void t.test('refuses an invalid connection string without repeating it', async (t) => {
  const error: unknown = await openEsdbEventStore({
    categories: ALL_CATEGORIES,
    url: 'esdb://admin:secret@host:not-a-port',
  }).catch((caught: unknown) => caught);
  t.ok(isMusterError(error, 'MUSTER_E_INVALID'));
  t.notMatch(String(error), /secret/);
});
