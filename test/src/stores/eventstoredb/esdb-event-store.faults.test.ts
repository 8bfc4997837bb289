import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import t, { type Test } from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { openEsdbEventStore, type EsdbEventStoreOptions } from '#src/stores/eventstoredb/open.js';
import {
  fill,
  gather,
  ids,
  newCategory,
  newEvents,
  newStream,
  refused,
  revisions,
} from '../../../contract/event-store/fixture.js';
import { startEventStoreProcess, type EventStoreProcess } from '../../../fixtures/event-store-process.js';
import {
  eventStoreUnderTest,
  NAMED_SERVER,
  type EventStoreUnderTest,
} from '../../../fixtures/event-store-under-test.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { FaultyProxy, seededFates, UNHARMED, type Fate } from '../../../fixtures/faulty-proxy.js';

t.setTimeout(400_000 * PATIENCE);

/** A server that the environment names is never killed. */
const killing = { skip: NAMED_SERVER !== undefined && 'needs a server that it may kill' };
const served = await eventStoreUnderTest(t);

interface Scene {
  readonly proxy: FaultyProxy;
  /** Bypasses the faulty network. */
  readonly direct: EventStore;
  /** Goes through the faulty network. */
  readonly store: EventStore;
}

async function opened(t: Test, options: Omit<EsdbEventStoreOptions, 'categories'>): Promise<EventStore> {
  const store = await openEsdbEventStore({ categories: ALL_CATEGORIES, ...options });
  t.teardown(() => store.close());
  return store;
}

async function scene(
  t: Test,
  options: Omit<EsdbEventStoreOptions, 'url' | 'categories'> = {},
  server: EventStoreUnderTest = served,
): Promise<Scene> {
  const proxy = await FaultyProxy.start(t, server);
  // Pings every second, because the default of ten seconds would make the test wait.
  const url = server.through(proxy, 'keepAliveInterval=1000&keepAliveTimeout=1000');
  return {
    proxy,
    direct: await opened(t, { url: server.url }),
    store: await opened(t, { url, limits: { deadlineMs: 1_500 }, ...options }),
  };
}

/** A scene with the test's own server, which it may kill. */
async function mortalScene(
  t: Test,
  options: Omit<EsdbEventStoreOptions, 'url' | 'categories'> = {},
): Promise<Scene & { readonly server: EventStoreProcess }> {
  const server = await startEventStoreProcess(t);
  return {
    ...(await scene(t, options, {
      ...served,
      ...server,
      host: '127.0.0.1',
      through: (proxy, more) => `esdb://127.0.0.1:${proxy.port}?tls=false&${more ?? ''}`,
    })),
    server,
  };
}

/** Reads a subscription until it is stopped. */
class Follower {
  readonly seen: string[] = [];
  readonly positions: bigint[] = [];
  checkpoint = -1n;
  caughtUp = 0;
  readonly stop = new AbortController();
  readonly ended: Promise<unknown>;

  constructor(follow: (signal: AbortSignal) => AsyncIterable<SubscriptionMessage>) {
    this.ended = this.#follow(follow(this.stop.signal)).catch((error: unknown) => error);
  }

  async #follow(messages: AsyncIterable<SubscriptionMessage>): Promise<void> {
    for await (const message of messages) {
      if (message.kind === 'caughtUp') this.caughtUp += 1;
      else if (message.kind === 'checkpoint') this.checkpoint = message.position;
      else {
        this.seen.push(...ids(message.events));
        this.positions.push(...message.events.map(({ position }) => position));
      }
    }
  }
}

void t.test('resumes a subscription cut at any byte without loss or duplicates', async (t) => {
  for (const seed of [1, 2]) {
    const { proxy, direct, store } = await scene(t);
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const start = await direct.head();
    const after = start === undefined ? {} : { after: start };
    const fates = seededFates(seed, { faults: ['cut', 'cut', 'cut', 'none'], withinBytes: 60_000 });
    proxy.doom(fates);
    proxy.strike('cut');
    const followers = [
      new Follower((signal) => store.subscribe({ ...after, signal })),
      new Follower((signal) => store.subscribe({ ...after, filter, signal })),
    ];
    const sent: string[] = [];
    // A slow machine reconnects slowly, so it appends more until enough connections were cut.
    for (let n = 0; n < 25 || (n < 500 && proxy.accepted <= 5); n += 1) {
      sent.push(...ids(await fill(direct, newStream(category), 40)));
      if (n % 5 === 4) proxy.strike('cut');
    }
    const all = ids(await gather(direct.readAll(start === undefined ? {} : { from: start })));
    await eventually(
      () => followers[1]!.seen.length >= sent.length && followers[0]!.seen.length >= all.length,
      {
        timeout: 60_000,
        what: `all events, seed ${seed}: ${followers.map(({ seen }) => seen.length).join()} of ${all.length}`,
      },
    );
    t.strictSame(followers[0]!.seen, all, `seed ${seed}, the whole log`);
    t.strictSame(followers[1]!.seen, sent, `seed ${seed}, filtered`);
    t.ok(proxy.accepted > 5, 'the connections were cut');
    for (const follower of followers) follower.stop.abort();
    t.strictSame(await Promise.all(followers.map(({ ended }) => ended)), [undefined, undefined]);
  }
});

void t.test(
  'starts a subscription at its original position after the server was unreachable at first',
  async (t) => {
    for (const filter of [undefined, { types: ['Tested'] }]) {
      const { proxy, direct, store } = await scene(t);
      await fill(direct, newStream(), 3);
      const after = await direct.head();
      if (after === undefined) throw new Error('the log is empty');
      proxy.refuse();
      proxy.strike('cut');
      const before = proxy.accepted;
      const follower = new Follower((signal) =>
        store.subscribe({ after, signal, ...(filter && { filter }) }),
      );
      await eventually(() => proxy.accepted > before + 1, { what: 'attempts' });
      const sent = ids(await fill(direct, newStream(), 5));
      proxy.heal();
      await eventually(() => follower.caughtUp > 0 && follower.seen.length > 0, { what: 'the events' });
      t.strictSame(follower.seen, sent);
      follower.stop.abort();
      await follower.ended;
    }
  },
);

void t.test('restarts a half-open subscription after an unanswered ping', async (t) => {
  const { proxy, direct, store } = await scene(t);
  const follower = new Follower((signal) => store.subscribe({ after: 'end', signal }));
  await eventually(() => follower.caughtUp > 0);
  const sent: string[] = [];
  for (const fault of ['half-open', 'blackhole', 'half-open'] as const) {
    proxy.strike(fault);
    sent.push(...ids(await fill(direct, newStream(), 10)));
    await eventually(() => follower.seen.length === sent.length, {
      timeout: 30_000,
      what: `events after ${fault}`,
    });
  }
  t.strictSame(follower.seen, sent);
  await eventually(() => follower.caughtUp >= 4, {
    what: 'a report after each interruption that the subscription has caught up',
  });
  follower.stop.abort();
});

void t.test('resumes a subscription after its server was replaced', killing, async (t) => {
  const interruptions: string[] = [];
  const { server, proxy, direct, store } = await mortalScene(t, {
    onInterruption: ({ problem }) => interruptions.push(problem),
  });
  const category = newCategory();
  const follower = new Follower((signal) =>
    store.subscribe({ filter: { streamPrefixes: [`${category}-`] }, signal }),
  );
  const sent = ids(await fill(direct, newStream(category), 50));
  await eventually(() => follower.seen.length === 50);
  await server.program.end('SIGKILL');
  await eventually(() => interruptions.length >= 2, { what: 'attempts' });
  const next = await startEventStoreProcess(t, { directory: server.directory, port: server.port });
  t.equal(next.port, server.port);
  const again = await opened(t, { url: next.url });
  sent.push(...ids(await fill(again, newStream(category), 50)));
  await eventually(() => follower.seen.length === 100);
  t.strictSame(follower.seen, sent);
  t.ok(proxy.accepted > 0);
  follower.stop.abort();
});

void t.test('ends a subscription if the address now serves another log', killing, async (t) => {
  const { server, store, direct } = await mortalScene(t);
  await fill(direct, newStream(), 5);
  const follower = new Follower((signal) => store.subscribe({ signal }));
  await eventually(() => follower.caughtUp > 0);
  await server.program.end('SIGKILL');
  await startEventStoreProcess(t, { port: server.port });
  t.ok(isMusterError(await follower.ended, 'MUSTER_E_STORE_CORRUPT'));
});

void t.test('reports the position of a filtered subscription after every event', async (t) => {
  const { direct, store } = await scene(t);
  const follower = new Follower((signal) => store.subscribe({ filter: { types: ['Never'] }, signal }));
  await eventually(() => follower.caughtUp > 0);
  t.equal(follower.checkpoint, await direct.head(), 'the checkpoint covers events that the filter excludes');
  for (let n = 0; n < 3; n += 1) {
    const { position } = await direct.append({
      stream: newStream(),
      expected: 'no_stream',
      events: newEvents(1),
    });
    await eventually(() => follower.checkpoint >= position);
  }
  follower.stop.abort();
});

void t.test('appends exactly once over connections cut at any byte', async (t) => {
  for (const seed of [11, 12]) {
    const { proxy, direct, store } = await scene(t);
    proxy.doom(seededFates(seed, { faults: ['cut', 'cut', 'delay', 'none'], withinBytes: 20_000 }));
    proxy.strike('cut');
    let unknown = 0;
    const check = async (stream: string): Promise<void> => {
      const written: string[] = [];
      const doubtful = new Set<string>();
      for (let n = 0; n < 30; n += 1) {
        const events = newEvents(2);
        const expected = written.length === 0 ? 'no_stream' : written.length - 1;
        try {
          const { revision } = await store.append({ stream, expected, events });
          if (revision !== written.length + 1)
            t.fail(`returned revision ${revision}, but the stream is at ${written.length + 1}`);
          written.push(...ids(events));
        } catch (error) {
          if (
            !isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') &&
            !isMusterError(error, 'MUSTER_E_WRONG_REVISION')
          )
            throw error;
          unknown += 1;
          // An append without a response may have been written. No one else writes to this stream.
          for (const id of ids(events)) doubtful.add(id);
          const standing = ids(await gather(direct.readStream(stream)));
          if (!standing.slice(written.length).every((id) => doubtful.has(id)))
            t.fail('the stream contains an event that was never sent');
          written.splice(0, written.length, ...standing);
        }
      }
      const standing = ids(await gather(direct.readStream(stream)));
      if (JSON.stringify(standing) !== JSON.stringify(written))
        t.fail(`${stream}: the stored events differ from the acknowledged ones`);
      if (new Set(standing).size !== standing.length) t.fail('an event is stored twice');
    };
    await Promise.all(Array.from({ length: 10 }, () => check(newStream())));
    t.pass(`seed ${seed}: ${proxy.accepted} connections, ${unknown} of 300 appends not settled`);
  }
});

void t.test('finds an append whose response was lost and returns its result', async (t) => {
  // On a busy machine the few attempts of the usual seconds may all miss the short deadline.
  const { proxy, direct, store } = await scene(t, { settleMs: 60_000 });
  const stream = newStream();
  await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  /** Bytes that arrive on a new connection before our first call, while the store checks that the log is the same. */
  const whileConnecting = async (): Promise<number> => {
    proxy.strike('cut');
    await eventually(() => proxy.live === 0);
    const before = proxy.passed.client;
    await eventually(() => store.head());
    const connected = proxy.passed.client;
    await store.head();
    return connected - before - (proxy.passed.client - connected);
  };
  for (const fault of ['cut', 'half-open', 'blackhole'] as const) {
    const connecting = await whileConnecting();
    const lost: Fate = { fault, towards: 'client', afterBytes: 0, delayMs: 0 };
    // The next connection loses its response. Later ones are unharmed.
    const standing = await revisions(direct, stream);
    let doomed = true;
    proxy.doom(() => {
      const fate = doomed ? { ...lost, afterBytes: connecting + 20 } : UNHARMED;
      doomed = false;
      return fate;
    });
    proxy.strike('cut');
    const events = newEvents(3);
    const answer = await store.append({ stream, expected: standing.length - 1, events });
    const stored = await gather(direct.readStream(stream, { from: standing.length }));
    t.strictSame(ids(stored), ids(events), `${fault}: the append is stored once`);
    t.strictSame(answer, { revision: standing.length + 2, position: stored.at(-1)?.position });
  }
});

void t.test(
  'refuses an append as a conflict if another was written while its outcome was unknown',
  async (t) => {
    const { proxy, direct, store } = await scene(t, { settleMs: 60_000 });
    const stream = newStream();
    await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
    proxy.doom(() => ({ fault: 'blackhole', towards: 'server', afterBytes: 0, delayMs: 0 }));
    proxy.strike('blackhole');
    const append = store.append({ stream, expected: 0, events: newEvents(1) });
    append.catch(() => undefined);
    await direct.append({ stream, expected: 0, events: newEvents(1) });
    await eventually(() => proxy.accepted >= 2, { what: 'a new connection' });
    proxy.doom(() => UNHARMED);
    proxy.strike('cut');
    await refused(t, append, 'MUSTER_E_WRONG_REVISION', { stream, actual: 1, expected: 0 });
    t.strictSame(await revisions(direct, stream), [0, 1]);
  },
);

void t.test(
  'refuses calls immediately while the server is down, and accepts them afterwards',
  killing,
  async (t) => {
    const { server, store } = await mortalScene(t, {
      limits: { deadlineMs: 600_000, scanDeadlineMs: 600_000 },
    });
    const stream = newStream();
    await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
    await server.program.end('SIGKILL');
    for (let n = 0; n < 5; n += 1) {
      await refused(
        t,
        store.append({ stream, expected: 0, events: newEvents(1) }),
        'MUSTER_E_STORE_UNAVAILABLE',
      );
      await refused(t, gather(store.readStream(stream)), 'MUSTER_E_STORE_UNAVAILABLE');
      await refused(t, store.head(), 'MUSTER_E_STORE_UNAVAILABLE');
    }
    await startEventStoreProcess(t, { directory: server.directory, port: server.port });
    // An attempt without a response may have been written, so each attempt sends the same event.
    const events = newEvents(1);
    await eventually(() => store.append({ stream, expected: 0, events }), {
      what: 'the first append',
    });
    t.equal((await gather(store.readStream(stream))).length, 2);
  },
);

void t.test(
  'waits for a silent server until the deadline, then refuses calls immediately until it responds',
  async (t) => {
    const { proxy, store } = await scene(t, { limits: { deadlineMs: 1_000 }, settleMs: 1_000 });
    const stream = newStream();
    // On a busy machine, an append may take longer than this short deadline. Repeating it with the same event changes nothing.
    const [created, added] = [newEvents(1), newEvents(1)];
    await eventually(() => store.append({ stream, expected: 'no_stream', events: created }));
    proxy.doom(() => ({ fault: 'blackhole', towards: 'server', afterBytes: 0, delayMs: 0 }));
    proxy.strike('blackhole');
    const first = await Promise.allSettled(
      Array.from({ length: 300 }, () =>
        store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
      ),
    );
    t.ok(
      first.every(
        (outcome) =>
          outcome.status === 'rejected' && isMusterError(outcome.reason, 'MUSTER_E_STORE_UNAVAILABLE'),
      ),
    );
    const begun = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => store.head()));
    t.ok(outcomes.every(({ status }) => status === 'rejected'));
    t.ok(performance.now() - begun < 30_000, 'a thousand calls did not wait one after the other');
    proxy.heal();
    proxy.strike('cut');
    await eventually(() => store.append({ stream, expected: 0, events: added }), {
      what: 'the first append',
      timeout: 30_000,
    });
  },
);

void t.test(
  'keeps other calls alive when a store dies with thousands of appends in progress',
  killing,
  async (t) => {
    const [dying, healthy] = [await startEventStoreProcess(t), await startEventStoreProcess(t)];
    // With nine thousand concurrent calls a busy machine may get no response for seconds, which is not the silence meant here.
    const limits = { deadlineMs: 60_000 };
    const [one, other] = [
      await opened(t, { url: dying.url, limits }),
      await opened(t, { url: healthy.url, limits }),
    ];
    const client = EventStoreDBClient.connectionString(dying.url);
    t.teardown(() => client.dispose());
    await client.appendToStream(newStream(), jsonEvent({ type: 'Tested', data: {} }), {
      expectedRevision: NO_STREAM,
    });
    const wellAppends = Array.from({ length: 3_000 }, () =>
      other.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    );
    const lost = Array.from({ length: 3_000 }, () =>
      one.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
    );
    const batches = Array.from({ length: 3_000 }, () =>
      client.appendToStream(newStream(), jsonEvent({ type: 'Tested', data: {} })),
    );
    const outcomes = Promise.all([
      Promise.allSettled(wellAppends),
      Promise.allSettled(lost),
      Promise.allSettled(batches),
    ]);
    await Promise.race(lost);
    await dying.program.end('SIGKILL');
    const [well, ours, others] = await outcomes;
    t.ok(
      ours.some(({ status }) => status === 'rejected'),
      'the store died with appends in progress',
    );
    t.ok(others.some(({ status }) => status === 'rejected'));
    t.ok(
      ours.every(
        (outcome) =>
          outcome.status === 'fulfilled' || isMusterError(outcome.reason, 'MUSTER_E_STORE_UNAVAILABLE'),
      ),
    );
    t.equal(well.filter(({ status }) => status === 'fulfilled').length, 3_000);
  },
);
