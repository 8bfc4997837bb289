import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { Lease, type Tenure } from '#src/engine/lease.js';
import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { TestClock } from '../../fixtures/test-clock.js';

const TERM = 3000;

/** One server's claim on the lease, with a connection to the log that can be cut. */
class Claimant {
  readonly #stopping = new AbortController();
  readonly lease: Lease;
  readonly running: Promise<void>;
  cut = false;
  tenures = 0;
  tenure: Tenure | undefined;

  constructor(
    readonly holder: string,
    store: EventStore,
    clock: TestClock,
  ) {
    const away = (): void => {
      if (this.cut) throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'cut off' });
    };
    const connection: EventStore = Object.assign(Object.create(store) as EventStore, {
      append: async (...args: Parameters<EventStore['append']>) => {
        away();
        return await store.append(...args);
      },
      readStream: (...args: Parameters<EventStore['readStream']>) => {
        away();
        return store.readStream(...args);
      },
    });
    this.lease = new Lease({
      name: 'dispatcher',
      holder,
      store: connection,
      clock,
      ids: { uuid: () => randomUUID() },
      logger: pino({ level: 'silent' }),
      termMs: TERM,
    });
    this.running = this.lease.run(this.#stopping.signal, async (tenure) => {
      this.tenures += 1;
      this.tenure = tenure;
      await untilAborted(tenure.signal);
      this.tenure = undefined;
    });
  }

  get holds(): boolean {
    return this.tenure?.holds() === true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.running;
  }
}

async function typesOf(store: EventStore): Promise<string[]> {
  const types: string[] = [];
  for await (const page of store.readStream('lease-dispatcher')) types.push(...page.map(({ type }) => type));
  return types;
}

void t.test(
  'is held and renewed by one of two claimants, and taken over at once when released',
  async (t) => {
    const store = createMemoryEventStore();
    const clock = new TestClock();
    const [a, b] = [new Claimant('a', store, clock), new Claimant('b', store, clock)];
    await clock.advance(10 * TERM);
    t.equal([a, b].filter(({ holds }) => holds).length, 1);
    const [first, second] = a.holds ? [a, b] : [b, a];
    t.equal(first.tenures, 1, 'the holder has a single tenure');
    await first.stop();
    await clock.advance(TERM / 2);
    t.ok(second.holds);
    t.match(await typesOf(store), ['LeaseTaken', 'LeaseRenewed'].concat((await typesOf(store)).slice(2)));
    t.ok((await typesOf(store)).includes('LeaseReleased'));
    await second.stop();
  },
);

void t.test(
  'is given up before another claimant acquires it if its holder is cut off from the log',
  async (t) => {
    const store = createMemoryEventStore();
    const clock = new TestClock();
    const a = new Claimant('a', store, clock);
    await clock.advance(TERM);
    const b = new Claimant('b', store, clock);
    await clock.advance(TERM);
    t.ok(a.holds);
    a.cut = true;
    let gap = 0;
    for (let ms = 0; ms < 4 * TERM && !b.holds; ms += 50) {
      await clock.advance(50);
      t.notOk(a.holds && b.holds, 'the lease is never held by two');
      if (!a.holds && !b.holds) gap += 50;
    }
    t.ok(b.holds);
    t.ok(gap > 0, 'the lease is free for a moment');
    a.cut = false;
    await clock.advance(2 * TERM);
    t.notOk(a.holds, 'the previous holder does not regain the lease');
    await Promise.all([a.stop(), b.stop()]);
  },
);

void t.test('is lost by a stalled process before the process can act again', async (t) => {
  const store = createMemoryEventStore();
  const clock = new TestClock();
  const a = new Claimant('a', store, clock);
  await clock.advance(TERM);
  const { tenure } = a;
  a.cut = true;
  const stalled = clock.stall(2 * TERM);
  t.equal(tenure?.holds(), false, 'the lease is lost before any timer has run');
  t.ok(tenure?.signal.aborted);
  await stalled;
  await a.stop();
});

void t.test(
  'is resumed at once by the same server after a restart, while another waits for a whole term',
  async (t) => {
    const store = createMemoryEventStore();
    const clock = new TestClock();
    const killed = new Claimant('a', store, clock);
    await clock.advance(TERM);
    killed.cut = true;
    const other = new Claimant('b', store, clock);
    const again = new Claimant('a', store, clock);
    await clock.advance(TERM / 4);
    t.ok(again.holds);
    await clock.advance(5 * TERM);
    t.ok(again.holds);
    t.equal(other.tenures, 0);
    await Promise.all([killed.stop(), other.stop(), again.stop()]);
  },
);

void t.test('is never held by two claimants at once, whatever happens to connections', async (t) => {
  const store = createMemoryEventStore();
  const clock = new TestClock();
  const all = ['a', 'b', 'c'].map((holder) => new Claimant(holder, store, clock));
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  let held = 0;
  let worst = 0;
  for (let step = 0; step < 1500; step += 1) {
    for (const each of all) if (random() < 0.05) each.cut = !each.cut;
    await clock.advance(Math.floor(random() * 400));
    const holding = all.filter(({ holds }) => holds).length;
    worst = Math.max(worst, holding);
    held += holding;
  }
  t.ok(worst <= 1, `at most ${worst} held the lease at once`);
  t.ok(held > 300, `the lease was held in ${held} of 1500 steps`);
  t.ok(
    all.every(({ tenures }) => tenures > 0),
    'each claimant held the lease at least once',
  );
  for (const each of all) each.cut = false;
  await Promise.all(all.map((each) => each.stop()));
});
