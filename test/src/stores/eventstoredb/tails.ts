import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Batch } from '#src/stores/eventstoredb/batches.js';
import { LiveTail } from '#src/stores/eventstoredb/live-tail.js';
import { eventually } from '../../../fixtures/eventually.js';

/** A log that the test fills, and its subscriptions. */
export class Log {
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
export class Follower {
  readonly positions: bigint[] = [];
  readonly leaving = new AbortController();
  problem: unknown;
  ended = false;
  readonly #batches: AsyncGenerator<Batch, void, undefined>;

  constructor(tail: Pick<LiveTail, 'follow'>, after: bigint | undefined) {
    this.#batches = tail.follow(after, this.leaving.signal);
  }

  async take(): Promise<void> {
    const { done, value } = await this.#batches.next();
    if (done === true) this.ended = true;
    else this.positions.push(...value.events.map(({ position }) => position));
  }

  /** Ends between two batches. */
  async leave(): Promise<void> {
    await this.#batches.return();
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

export const upTo = (from: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, index) => BigInt(from + index));
