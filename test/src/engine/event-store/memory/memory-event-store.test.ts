import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { eventStoreContract } from '../../../../contract/event-store.js';
import {
  gather,
  newEvents,
  newStream,
  refused,
  revisions,
} from '../../../../contract/event-store/fixture.js';

void t.test('the store in memory keeps the contract', (t) =>
  eventStoreContract(t, () => Promise.resolve(createMemoryEventStore()), { inOrder: true }),
);

/** A sync that waits until it is let go. */
class Gate {
  #open: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  readonly sync = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#fail = reject;
    });

  open(): void {
    this.#open();
  }

  fail(error: unknown): void {
    this.#fail(error);
  }
}

void t.test('a crash drops what was not synced, and keeps what was answered', async (t) => {
  const gate = new Gate();
  const store = createMemoryEventStore({ sync: gate.sync });
  const stream = newStream();
  const kept = store.append({ stream, expected: 'no_stream', events: newEvents(2) });
  gate.open();
  t.equal((await kept).revision, 1);
  const lost = store.append({ stream, expected: 1, events: newEvents(1) });
  t.strictSame(await revisions(store, stream), [0, 1], 'reads see only what is synced');
  store.crash();
  await refused(t, lost, 'MUSTER_E_STORE_UNAVAILABLE');
  gate.open();
  const again = store.append({ stream, expected: 1, events: newEvents(1) });
  gate.open();
  t.equal((await again).revision, 2);
  t.strictSame(await revisions(store, stream), [0, 1, 2]);
});

void t.test('a repetition of what is not yet synced is answered only when it is', async (t) => {
  const gate = new Gate();
  const store = createMemoryEventStore({ sync: gate.sync });
  const request = { stream: newStream(), expected: 'no_stream', events: newEvents(1) } as const;
  const attempts = [store.append(request), store.append(request)];
  store.crash();
  for (const attempt of attempts) await refused(t, attempt, 'MUSTER_E_STORE_UNAVAILABLE');
  t.strictSame(await revisions(store, request.stream), []);
});

void t.test('a full disk refuses the group and what queued behind it; later appends succeed', async (t) => {
  const gate = new Gate();
  const store = createMemoryEventStore({ sync: gate.sync });
  const stream = newStream();
  const first = store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  const second = store.append({ stream, expected: 0, events: newEvents(1) });
  gate.fail(new MusterError('MUSTER_E_STORE_FULL'));
  await refused(t, first, 'MUSTER_E_STORE_FULL');
  await refused(t, second, 'MUSTER_E_STORE_FULL');
  t.strictSame(await gather(store.readAll()), []);
  const later = store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  gate.open();
  t.equal((await later).revision, 0);
});

void t.test('a crash ends subscriptions, which resume from where they were', async (t) => {
  const store = createMemoryEventStore();
  const stream = newStream();
  const { position } = await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  const waiting = store.subscribe({ after: position })[Symbol.asyncIterator]();
  t.strictSame((await waiting.next()).value, { kind: 'caughtUp' });
  const next = waiting.next();
  store.crash();
  t.equal((await next).done, true);
  await store.append({ stream, expected: 0, events: newEvents(1) });
  const resumed = store.subscribe({ after: position })[Symbol.asyncIterator]();
  t.match((await resumed.next()).value, { kind: 'events', events: [{ revision: 1 }] });
});

void t.test('a close waits for what is under way, and refuses what comes after', async (t) => {
  const store = createMemoryEventStore();
  const stream = newStream();
  const last = store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  await store.close();
  t.equal((await last).revision, 0);
  await refused(t, store.append({ stream, expected: 0, events: newEvents(1) }), 'MUSTER_E_STORE_UNAVAILABLE');
});
