import t from 'tap';
import type { EventStore, RecordedEvent, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

const EVENTS = 60;

/** Follows a log with this scripted subscription, and returns the pauses. */
async function pausesOf(
  t: import('tap').Test,
  say: (pages: (count: number) => readonly RecordedEvent[]) => readonly SubscriptionMessage[],
  want?: bigint,
) {
  const store = createMemoryEventStore();
  for (let n = 0; n < EVENTS; n += 1) await append(store, [submitted(`job-${n}`)]);
  const all: RecordedEvent[] = [];
  for await (const page of store.readAll({ direction: 'forwards' })) all.push(...page);
  const empty = createMemoryEventStore();
  const stop = new AbortController();
  const pauses: number[] = [];
  const messages = say((count) => all.splice(0, count));
  // Mocks only the order of messages, because a real log delivers its next page at any time.
  const subscribed: EventStore = Object.assign(empty, {
    async *subscribe(): AsyncGenerator<SubscriptionMessage> {
      await Promise.resolve();
      yield* messages;
      stop.abort();
    },
  });
  const storage = openTemporaryStorage();
  t.teardown(() => storage.close());
  const clock = { sleep: (ms: number) => (pauses.push(ms), Promise.resolve()) };
  const engine = new ReadModelEngine({
    ...FOLDS,
    store: subscribed,
    storage,
    clock,
  });
  if (want !== undefined) engine.want(want);
  await engine.run(stop.signal);
  t.equal(engine.progress.position >= 0n, true);
  return pauses;
}

void t.test('waits for more events after the last available page', async (t) => {
  const pauses = await pausesOf(t, (take) => [
    { kind: 'events', events: take(10), more: true },
    { kind: 'events', events: take(10), more: false },
    { kind: 'caughtUp' },
    { kind: 'events', events: take(10), more: true },
    { kind: 'events', events: take(20), more: false },
    { kind: 'events', events: take(10) },
  ]);
  t.same(pauses, [4], 'the only delay follows a page after catching up that is known to have no successor');
});

void t.test('does not wait while a reader needs unfolded events', async (t) => {
  const say = (take: (count: number) => readonly RecordedEvent[]): readonly SubscriptionMessage[] => [
    { kind: 'caughtUp' },
    { kind: 'events', events: take(20), more: false },
    { kind: 'events', events: take(20), more: false },
  ];
  t.same(await pausesOf(t, say), [4, 4]);
  t.same(await pausesOf(t, say, 2n ** 60n), []);
});
