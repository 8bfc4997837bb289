import type { EventStore, NewEvent, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { fill, ids, newCategory, newEvents, newStream, type Tap } from './fixture.js';

/** Consumes messages until a condition holds. Only the test's own timeout ends the wait. */
class Listener {
  readonly seen: string[] = [];
  readonly positions: bigint[] = [];
  checkpoint = 0n;
  caughtUp = 0;
  readonly #messages: AsyncIterator<SubscriptionMessage>;

  constructor(messages: AsyncIterable<SubscriptionMessage>) {
    this.#messages = messages[Symbol.asyncIterator]();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { value, done } = await this.#messages.next();
      if (done === true) throw new Error('the subscription ended');
      this.#take(value);
    }
  }

  next(): Promise<IteratorResult<SubscriptionMessage>> {
    return this.#messages.next();
  }

  async leave(): Promise<void> {
    await this.#messages.return?.();
  }

  #take(message: SubscriptionMessage): void {
    switch (message.kind) {
      case 'events':
        if (message.events.length === 0) throw new Error('an empty message');
        this.seen.push(...ids(message.events));
        this.positions.push(...message.events.map((event) => event.position));
        return;
      case 'checkpoint':
        this.checkpoint = message.position;
        return;
      case 'caughtUp':
        this.caughtUp += 1;
        return;
    }
  }
}

export async function subscriptionContract(t: Tap, store: EventStore): Promise<void> {
  const append = async (
    stream: string,
    at: number,
    count: number,
  ): Promise<{ events: NewEvent[]; position: bigint }> => {
    const events = newEvents(count);
    const { position } = await store.append({ stream, expected: at === 0 ? 'no_stream' : at - 1, events });
    return { events, position };
  };

  await t.test(
    'delivers existing events, reports that it has caught up, then delivers new ones',
    async (t) => {
      const category = newCategory();
      const filter = { streamPrefixes: [`${category}-`] };
      const stream = newStream(category);
      const before = await append(stream, 0, 3);
      const stop = new AbortController();
      const listener = new Listener(store.subscribe({ filter, signal: stop.signal }));
      await listener.until(() => listener.caughtUp > 0);
      t.strictSame(listener.seen, ids(before.events));
      const after = await append(stream, 3, 2);
      await listener.until(() => listener.seen.length === 5);
      t.strictSame(listener.seen, ids([...before.events, ...after.events]));
      stop.abort();
      t.equal((await listener.next()).done, true);
    },
  );

  await t.test('resumes after any position', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const sent = ids(await fill(store, newStream(category), 10));
    const whole = new Listener(store.subscribe({ filter }));
    await whole.until(() => whole.caughtUp > 0);
    await whole.leave();
    for (let n = 0; n < 10; n += 1) {
      const listener = new Listener(store.subscribe({ filter, after: whole.positions[n] ?? 0n }));
      await listener.until(() => listener.caughtUp > 0);
      t.strictSame(listener.seen, sent.slice(n + 1));
      await listener.leave();
    }
  });

  await t.test('a subscription from the end delivers only new events', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const stream = newStream(category);
    await append(stream, 0, 3);
    const listener = new Listener(store.subscribe({ filter, after: 'end' }));
    await listener.until(() => listener.caughtUp > 0);
    const { events } = await append(stream, 3, 2);
    await listener.until(() => listener.seen.length > 1);
    t.strictSame(listener.seen, ids(events));
    await listener.leave();
  });

  await t.test('a subscription without a filter delivers every event, in log order', async (t) => {
    const start = await store.head();
    const streams = Array.from({ length: 40 }, () => newStream());
    const listener = new Listener(store.subscribe(start === undefined ? {} : { after: start }));
    const wanted = new Set<string>();
    const sending = Promise.all(
      streams.map(async (stream) => {
        for (let n = 0; n < 5; n += 1)
          for (const id of ids((await append(stream, n, 1)).events)) wanted.add(id);
      }),
    );
    await sending;
    await listener.until(() => listener.seen.filter((id) => wanted.has(id)).length >= 200);
    t.equal(new Set(listener.seen).size, listener.seen.length, 'each event is delivered once');
    for (let n = 1; n < listener.positions.length; n += 1) {
      if ((listener.positions[n] ?? 0n) <= (listener.positions[n - 1] ?? 0n))
        t.fail('the events are out of order');
    }
    await listener.leave();
  });

  await t.test('a subscription whose filter matches nothing still reports checkpoints', async (t) => {
    const start = (await store.head()) ?? 0n;
    const filter = { streamPrefixes: [`${newCategory()}-`] };
    const listener = new Listener(store.subscribe({ filter, after: start }));
    await listener.until(() => listener.caughtUp > 0);
    await fill(store, newStream(), 600);
    await listener.until(() => listener.checkpoint > start);
    t.strictSame(listener.seen, []);
    await listener.leave();
    const resumed = new Listener(store.subscribe({ filter, after: listener.checkpoint }));
    await resumed.until(() => resumed.caughtUp > 0);
    await resumed.leave();
  });

  await t.test('a slow subscriber loses no events', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const stream = newStream(category);
    const sent = ids((await append(stream, 0, 1)).events);
    const listener = new Listener(store.subscribe({ filter }));
    await listener.until(() => listener.caughtUp > 0);
    for (let at = 1; at < 1601; at += 200) sent.push(...ids((await append(stream, at, 200)).events));
    await listener.until(() => listener.seen.length === sent.length);
    t.strictSame(listener.seen, sent);
    await listener.leave();
  });

  await t.test('two subscribers receive the same events', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const listeners = [new Listener(store.subscribe({ filter })), new Listener(store.subscribe({ filter }))];
    const sent = ids(await fill(store, newStream(category), 30));
    for (const listener of listeners) {
      await listener.until(() => listener.seen.length === 30);
      t.strictSame(listener.seen, sent);
      await listener.leave();
    }
  });

  await t.test('ends on an abort: before it begins, while it waits, or between two messages', async (t) => {
    t.equal((await new Listener(store.subscribe({ signal: AbortSignal.abort() })).next()).done, true);

    const waiting = new AbortController();
    const idle = new Listener(
      store.subscribe({
        after: 'end',
        signal: waiting.signal,
        filter: { streamPrefixes: [`${newCategory()}-`] },
      }),
    );
    await idle.until(() => idle.caughtUp > 0);
    const next = idle.next();
    waiting.abort();
    t.equal((await next).done, true);

    const between = new AbortController();
    const category = newCategory();
    await fill(store, newStream(category), 1500);
    const busy = new Listener(
      store.subscribe({ signal: between.signal, filter: { streamPrefixes: [`${category}-`] } }),
    );
    await busy.until(() => busy.seen.length > 0);
    between.abort();
    t.equal((await busy.next()).done, true);
  });
}
