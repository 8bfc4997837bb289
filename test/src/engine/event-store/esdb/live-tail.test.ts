import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Batch } from '#src/engine/event-store/esdb/batches.js';
import { LiveTail } from '#src/engine/event-store/esdb/live-tail.js';
import { eventually } from '../../../../fixtures/eventually.js';

/** A log that the test fills, and its subscriptions. */
class Log {
  readonly events: RecordedEvent[] = [];
  readonly begun: { readonly after: bigint | undefined; readonly signal: AbortSignal }[] = [];
  /** Number of requested batches. */
  asked = 0;
  failure: Error | undefined;

  append(count: number, characters = 2): void {
    for (let each = 0; each < count; each += 1)
      this.events.push(event(BigInt(this.events.length), characters));
  }

  /** Yields the whole log, and then new events as they arrive. */
  async *subscribe(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    this.begun.push({ after, signal });
    let next = Number(after ?? -1n) + 1;
    let caughtUp = false;
    while (!signal.aborted) {
      this.asked += 1;
      await eventually(
        () => signal.aborted || this.failure !== undefined || next < this.events.length || !caughtUp,
        { interval: 1, what: 'more of the log' },
      );
      if (this.failure !== undefined) throw this.failure;
      const events = this.events.slice(next);
      next += events.length;
      yield { events, caughtUp: !caughtUp };
      caughtUp = true;
    }
  }

  tail(): LiveTail {
    return new LiveTail((after, signal) => this.subscribe(after, signal));
  }
}

function event(position: bigint, characters: number): RecordedEvent {
  return {
    id: String(position),
    type: 'Written',
    stream: 's',
    revision: Number(position),
    position,
    created: 0,
    data: 'x'.repeat(characters),
    metadata: '{}',
  };
}

/** A reader of the tail, with what it has read. */
class Follower {
  readonly positions: bigint[] = [];
  readonly leaving = new AbortController();
  problem: unknown;
  ended = false;
  readonly #batches: AsyncGenerator<Batch, void, undefined>;

  constructor(tail: LiveTail, after: bigint | undefined) {
    this.#batches = tail.follow(after, this.leaving.signal);
  }

  async take(): Promise<void> {
    const { done, value } = await this.#batches.next();
    if (done === true) this.ended = true;
    else this.positions.push(...value.events.map(({ position }) => position));
  }

  /** Reads until the tail ends or fails. */
  async run(): Promise<this> {
    try {
      while (!this.ended) await this.take();
    } catch (error) {
      this.problem = error;
    }
    return this;
  }

  async reaches(position: bigint): Promise<void> {
    await eventually(() => this.positions.at(-1) === position, { interval: 1, what: `position ${position}` });
  }
}

const upTo = (from: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, index) => BigInt(from + index));

void t.test('shares one subscription among followers, each getting every event once', async (t) => {
  const log = new Log();
  log.append(10);
  const tail = log.tail();
  const [first, second] = [new Follower(tail, 5n), new Follower(tail, 9n)];
  const running = [first.run(), second.run()];
  await first.reaches(9n);
  log.append(1);
  await Promise.all([first.reaches(10n), second.reaches(10n)]);
  const third = new Follower(tail, 7n);
  running.push(third.run());
  await third.reaches(10n);
  log.append(3);
  await Promise.all([first, second, third].map((each) => each.reaches(13n)));
  t.same(first.positions, upTo(6, 8));
  t.same(second.positions, upTo(10, 4));
  t.same(third.positions, upTo(8, 6), 'a follower that joins late gets earlier events too');
  t.equal(log.begun.length, 1);
  t.equal(log.begun[0]?.after, 5n);

  for (const each of [first, second]) each.leaving.abort();
  await Promise.all(running.slice(0, 2));
  t.equal(log.begun[0]?.signal.aborted, false, 'the subscription continues while one follower remains');
  third.leaving.abort();
  await running[2];
  t.equal(log.begun[0]?.signal.aborted, true, 'the subscription ends with its last follower');
  t.same(
    [first, second, third].map(({ problem }) => problem),
    [undefined, undefined, undefined],
  );

  log.append(1);
  const later = new Follower(tail, 13n);
  const end = later.run();
  await later.reaches(14n);
  t.equal(log.begun.length, 2, 'a later follower starts a new subscription');
  later.leaving.abort();
  await end;
});

void t.test(
  'delivers all buffered events to a slow follower, and ends it once it falls behind the buffer',
  async (t) => {
    const log = new Log();
    log.append(1);
    const tail = log.tail();
    const [fast, slow] = [new Follower(tail, 0n), new Follower(tail, 0n)];
    const running = fast.run();
    const waiting = slow.take();
    log.append(1);
    await waiting;
    await fast.reaches(1n);
    for (let batch = 0; batch < 4; batch += 1) {
      log.append(500);
      await fast.reaches(BigInt(log.events.length - 1));
    }
    await slow.take();
    t.same(slow.positions, upTo(1, 2_001));
    for (let batch = 0; batch < 5; batch += 1) {
      log.append(500);
      await fast.reaches(BigInt(log.events.length - 1));
    }
    await slow.take();
    t.ok(slow.ended, 'the follower has fallen behind the buffer');
    t.same(slow.positions, upTo(1, 2_001), 'no event was skipped');
    t.same(fast.positions, upTo(1, 4_501));

    const far = new Follower(tail, 100n);
    await far.take();
    t.ok(far.ended, 'a new follower from a position before the buffer ends too');
    t.equal(log.begun.length, 1);
    fast.leaving.abort();
    await running;
  },
);

void t.test('limits the buffer by its size in bytes', async (t) => {
  const log = new Log();
  log.append(1);
  const tail = log.tail();
  const fast = new Follower(tail, 0n);
  const running = fast.run();
  for (let batch = 0; batch < 5; batch += 1) {
    log.append(1, 1024 * 1024);
    await fast.reaches(BigInt(log.events.length - 1));
  }
  const far = new Follower(tail, 0n);
  await far.take();
  t.ok(far.ended);
  const near = new Follower(tail, 3n);
  await near.take();
  t.same(near.positions, upTo(4, 2));
  fast.leaving.abort();
  near.leaving.abort();
  await Promise.all([running, near.take()]);
});

void t.test('reads only on demand, and reports a failure to all followers', async (t) => {
  const log = new Log();
  log.append(1);
  const tail = log.tail();
  const [first, second] = [new Follower(tail, undefined), new Follower(tail, undefined)];
  await Promise.all([first.take(), second.take()]);
  log.append(5);
  t.equal(log.asked, 1);
  await first.take();
  t.equal(log.asked, 2);
  log.failure = new Error('the connection broke');
  await Promise.all([first.run(), second.run()]);
  t.same(first.positions, upTo(0, 6));
  t.same(second.positions, upTo(0, 6), 'events from before the failure are still delivered');
  t.equal(first.problem, log.failure);
  t.equal(second.problem, log.failure);
});
