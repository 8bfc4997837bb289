import t, { type Test } from 'tap';
import type { EventStore, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { fill, gather, ids, newEvents } from '../../../contract/event-store/fixture.js';

t.setTimeout(180_000 * PATIENCE);

/** More events than one step of a filtered scan reads. */
const DROPPED = 10_400;

/** Reads messages until one fulfils the condition. Returns all of them. */
async function until(
  messages: AsyncIterator<SubscriptionMessage>,
  met: (message: SubscriptionMessage) => boolean,
): Promise<SubscriptionMessage[]> {
  const seen: SubscriptionMessage[] = [];
  for (;;) {
    const { value, done } = await messages.next();
    if (done === true) throw new Error('the subscription ended');
    seen.push(value);
    if (met(value)) return seen;
  }
}

async function scans(t: Test, store: EventStore): Promise<void> {
  const first = await fill(store, 'a-1', 150);
  await fill(store, 'a.1-x', 20);
  await fill(store, 'z-1', DROPPED);
  const last = [...(await fill(store, 'a-2', 149)), ...newEvents(1)];
  await store.append({ stream: 'a-2', expected: 148, events: last.slice(-1) });
  const wanted = ids([...first, ...last]);
  const filter = { streamPrefixes: ['a-'] };

  await t.test('finds an event after ten thousand filtered ones, in both directions', async (t) => {
    t.strictSame(
      ids(await gather(store.readAll({ filter }))),
      wanted,
      'all 300 events are found, and none of a.1',
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards' }))),
      [...wanted].reverse(),
      'all 300 events are found across many pages',
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', limit: 151 }))),
      [...wanted].reverse().slice(0, 151),
    );
    t.equal((await gather(store.readAll({ filter: { types: ['Nothing'] } }))).length, 0);
  });

  await t.test('reports no checkpoint beyond the head, and resumes after one', async (t) => {
    const nothing = { streamPrefixes: ['nothing-'] };
    const head = (await store.head())!;
    const stop = new AbortController();
    const messages = store.subscribe({ filter: nothing, signal: stop.signal })[Symbol.asyncIterator]();
    const seen = await until(messages, ({ kind }) => kind === 'caughtUp');
    const checkpoints = seen.flatMap((message) => (message.kind === 'checkpoint' ? [message.position] : []));
    t.ok(checkpoints.length > 0);
    t.ok(
      checkpoints.every((position) => position <= head),
      `${String(checkpoints)}, the head is ${head}`,
    );
    stop.abort();
    const [next] = newEvents(1);
    await store.append({ stream: 'nothing-1', expected: 'no_stream', events: [next!] });
    const resumed = store.subscribe({ filter: nothing, after: checkpoints.at(-1)! })[Symbol.asyncIterator]();
    const [got] = (await until(resumed, ({ kind }) => kind === 'events')).slice(-1);
    t.same(got?.kind === 'events' && ids(got.events), [next!.id]);
    await resumed.return?.();
  });

  await t.test('starts a subscription from the end at the head at the time of the call', async (t) => {
    const subscription = store.subscribe({ after: 'end', filter: { streamPrefixes: ['late-'] } });
    const sent = await fill(store, 'late-1', 3);
    const messages = subscription[Symbol.asyncIterator]();
    const seen = await until(messages, ({ kind }) => kind === 'caughtUp');
    t.strictSame(
      seen.flatMap((message) => (message.kind === 'events' ? ids(message.events) : [])),
      ids(sent),
    );
    await messages.return?.();
  });

  await t.test('reports that a reader has caught up again after lagging', async (t) => {
    const messages = store.subscribe({ after: 'end' })[Symbol.asyncIterator]();
    await until(messages, ({ kind }) => kind === 'caughtUp');
    await fill(store, 'much-1', 3_000);
    let events = 0;
    const seen = await until(messages, (message) => {
      if (message.kind === 'events') events += message.events.length;
      return events === 3_000;
    });
    t.notOk(
      seen.some(({ kind }) => kind === 'caughtUp'),
      'no caught-up message is sent while the reader lags',
    );
    await until(messages, ({ kind }) => kind === 'caughtUp');
    await messages.return?.();
  });
}

void t.test('in memory', (t) => scans(t, createMemoryEventStore()));
void t.test('in SQLite', async (t) => {
  const store = await openSqliteEventStore({ directory: t.testdir() });
  t.teardown(() => store.close());
  await scans(t, store);
});
