import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Sqlite } from '#src/engine/sqlite.js';
import t from 'tap';
import type { SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import {
  connectSqliteEventStore,
  openEventStoreReadOnly,
  openSqliteEventStore,
} from '#src/engine/event-store/index.js';
import {
  fill,
  gather,
  ids,
  newEvent,
  newEvents,
  newStream,
  refused,
  revisions,
} from '../../../../contract/event-store/fixture.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { Program, runToEnd } from '../../../../fixtures/program.js';

const APPENDER = join(import.meta.dirname, 'programs/appender.js');
const LEAVER = join(import.meta.dirname, 'programs/leaver.js');
const THREAD = join(import.meta.dirname, 'programs/thread.js');

void t.test('another thread can follow the log and append to it', async (t) => {
  const store = await openSqliteEventStore({ directory: t.testdir() });
  const handle = store.handle();
  const worker = new Worker(THREAD, { workerData: { handle, filter: 'ping-' }, transferList: [handle.port] });
  await once(worker, 'message');
  const pongs = store.subscribe({ filter: { streamPrefixes: ['pong-'] } })[Symbol.asyncIterator]();
  for (let revision = 0; revision < 50; revision += 1) {
    const event = newEvent();
    await store.append({
      stream: 'ping-1',
      expected: revision === 0 ? 'no_stream' : revision - 1,
      events: [event],
    });
    let message: SubscriptionMessage | undefined;
    do message = ((await pongs.next()) as IteratorYieldResult<SubscriptionMessage>).value;
    while (message.kind !== 'events');
    t.match(message.events, [{ id: event.id, stream: 'pong-ping-1', revision }]);
  }
  worker.postMessage('stop');
  t.equal((await once(worker, 'exit'))[0], 0, 'the thread ends by itself');
  await pongs.return?.();
  await store.close();
});

void t.test('ends subscriptions and refuses appends of other clients once the owner closes', async (t) => {
  const store = await openSqliteEventStore({ directory: t.testdir() });
  const other = connectSqliteEventStore(store.handle());
  const messages = other.subscribe({ after: 'end' })[Symbol.asyncIterator]();
  t.strictSame((await messages.next()).value, { kind: 'caughtUp' });
  await store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) });
  t.match((await messages.next()).value, { kind: 'events' });
  const next = messages.next();
  await store.close();
  t.equal((await next).done, true);
  await refused(
    t,
    other.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_STORE_UNAVAILABLE',
  );
  await other.close();
});

void t.test('completes appends in progress at close, and refuses later ones', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const appends = Array.from({ length: 100 }, () =>
    store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
  );
  const closed = store.close();
  await refused(
    t,
    store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_STORE_UNAVAILABLE',
  );
  t.equal((await Promise.all(appends)).length, 100);
  await closed;
  const again = await openSqliteEventStore({ directory });
  t.equal(again.id, store.id);
  t.equal((await gather(again.readAll())).length, 100);
  await again.close();
});

void t.test("refuses appends beyond the queue's limit", async (t) => {
  const store = await openSqliteEventStore({ directory: t.testdir(), queue: { appends: 10, bytes: 10_000 } });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 25 }, () =>
      store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    ),
  );
  t.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 10);
  const large = Array.from({ length: 5 }, () => ({ ...newEvent(), data: JSON.stringify('x'.repeat(3000)) }));
  const sized = await Promise.allSettled(
    large.map((event) => store.append({ stream: newStream(), expected: 'no_stream', events: [event] })),
  );
  t.equal(sized.filter((outcome) => outcome.status === 'fulfilled').length, 3);
  for (const outcome of [...outcomes, ...sized])
    if (outcome.status === 'rejected') t.match(outcome.reason, { code: 'MUSTER_E_STORE_BUSY' });
  t.equal((await gather(store.readAll())).length, 13);
  for (let n = 0; n < 10; n += 1) {
    await store.append({
      stream: newStream(),
      expected: 'no_stream',
      events: [{ ...newEvent(), data: JSON.stringify('x'.repeat(3000)) }],
    });
  }
  t.equal((await gather(store.readAll())).length, 23, 'completed appends free queue space');
  await store.close();
});

void t.test('another process can read and follow the log', async (t) => {
  const folder = t.testdir();
  const directory = join(folder, 'data');
  const writer = Program.start({
    command: process.execPath,
    args: [APPENDER, directory, join(folder, 'answers')],
  });
  t.teardown(() => writer.end('SIGKILL'));
  await eventually(() => writer.stdout.includes('ready'), { what: writer.tail() });
  const store = openEventStoreReadOnly(directory, { pollMs: 5 });
  let last = 0n;
  let caughtUp = 0;
  let seen = 0;
  for await (const message of store.subscribe()) {
    if (message.kind === 'caughtUp') caughtUp += 1;
    if (message.kind === 'events') {
      for (const { position } of message.events) {
        if (position !== last + 1n) t.fail(`${String(position)} after ${String(last)}`);
        last = position;
      }
      seen += message.events.length;
    }
    if (caughtUp > 0 && seen > 2000) break;
  }
  t.equal((await gather(store.readAll({ limit: 2000 }))).length, 2000);
  await refused(
    t,
    store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_STORE_UNAVAILABLE',
  );
  await writer.end('SIGKILL');
  t.ok(((await store.head()) ?? 0n) >= last, 'reads continue after the writer is killed');
  await store.close();
  const after = openEventStoreReadOnly(directory);
  t.ok(((await after.head()) ?? 0n) >= last, 'the log can be opened after the writer is killed');
  t.equal((await gather(after.readAll({ limit: 2000 }))).length, 2000);
  await after.close();
  t.throws(() => openEventStoreReadOnly(folder), { code: 'MUSTER_E_STORE_UNAVAILABLE' });
});

void t.test('refuses appends as busy while another program holds the write lock', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const other = new Sqlite(join(directory, 'events.db'));
  other.exec('BEGIN IMMEDIATE');
  await refused(
    t,
    store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_STORE_BUSY',
  );
  other.exec('ROLLBACK');
  other.close();
  t.equal(
    (await store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) })).revision,
    0,
  );
  await store.close();
});

/** An append of 240 KB. */
const largeAppend = () =>
  newEvents(200).map((event) => ({ ...event, data: JSON.stringify('x'.repeat(1200)) }));

void t.test('keeps the WAL small, however much is written', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  let largest = 0;
  for (let n = 0; n < 170; n += 1) {
    await store.append({ stream: newStream(), expected: 'no_stream', events: largeAppend() });
    largest = Math.max(largest, statSync(join(directory, 'events.db-wal')).size);
  }
  t.ok(largest < 20 * 1024 * 1024, `the WAL had at most ${largest} bytes while 40 MB were written`);
  await store.close();
});

void t.test('checkpoints the log despite idle readers', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const stream = newStream();
  await fill(store, stream, 400);
  const held = [store.readAll(), store.readStream(stream), store.readAll({ direction: 'backwards' })].map(
    (pages) => pages[Symbol.asyncIterator](),
  );
  for (const pages of held) await pages.next();
  for (let n = 0; n < 170; n += 1)
    await store.append({ stream: newStream(), expected: 'no_stream', events: largeAppend() });
  t.ok(statSync(join(directory, 'events.db-wal')).size < 24 * 1024 * 1024);
  for (const pages of held) await pages.return?.();
  t.equal((await gather(store.readAll())).length, 34_400);
  t.equal((await revisions(store, stream)).length, 400);
  await store.close();
});

void t.test('does not keep the process alive', async (t) => {
  const folder = t.testdir();
  const { code, stdout } = await runToEnd({
    command: process.execPath,
    args: [APPENDER, join(folder, 'a'), join(folder, 'answers'), '4', '20'],
  });
  t.equal(code, 0);
  t.match(stdout, 'closed');
  const left = await runToEnd({ command: process.execPath, args: [LEAVER, join(folder, 'b')] });
  t.equal(left.code, 0, left.stderr);
  const store = await openSqliteEventStore({ directory: join(folder, 'b') });
  t.strictSame(ids(await gather(store.readAll())), ['00000000-0000-4000-8000-000000000001']);
  await store.close();
});
