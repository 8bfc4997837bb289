import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { batches, type Batch } from '#src/stores/eventstoredb/batches.js';
import type { Reading } from '#src/stores/eventstoredb/wire.js';
import { readAnswer } from '../../../fixtures/read-answer.js';

const METADATA = '{"at":1}';

/** Responses of a server, read on demand. A cancelled call throws. */
class Answers {
  taken = 0;
  cancelled = false;

  constructor(
    private readonly count: number,
    private readonly characters: number,
  ) {}

  cancel(): void {
    this.cancelled = true;
  }

  async *[Symbol.asyncIterator]() {
    const data = JSON.stringify('x'.repeat(this.characters - METADATA.length - 2));
    for (let n = 1; n <= this.count; n += 1) {
      if (this.cancelled) throw new Error('cancelled');
      this.taken += 1;
      const id = `00000000-0000-4000-8000-${n.toString().padStart(12, '0')}`;
      yield readAnswer({
        id,
        type: 'Written',
        stream: 'someone-1',
        revision: n,
        position: BigInt(n),
        created: 0,
        data,
        metadata: METADATA,
      });
    }
  }

  /** Returns the number of responses read once no more are read unprompted. */
  async rest(): Promise<number> {
    for (let before = -1; before !== this.taken;) {
      before = this.taken;
      for (let turns = 0; turns < 5; turns += 1) await turn();
    }
    return this.taken;
  }
}

function follow(answers: Answers): {
  readonly next: () => Promise<IteratorResult<Batch, void>>;
  readonly leave: () => void;
} {
  const leaving = new AbortController();
  const all = batches(answers as unknown as Reading, {
    clock: systemClock,
    deadlineMs: 60_000,
    signal: leaving.signal,
  });
  return { next: () => all.next(), leave: () => leaving.abort() };
}

const eventsOf = ({ value }: IteratorResult<Batch, void>): number => (value as Batch).events.length;

void t.test('reads only a limited number of events ahead', async (t) => {
  const answers = new Answers(5_000, 100);
  const reader = follow(answers);
  t.equal(eventsOf(await reader.next()), 1_024, 'the first batch has all the events that arrived with it');
  t.equal(await answers.rest(), 2 * 1_024);
  t.equal(eventsOf(await reader.next()), 1_024);
  t.equal(await answers.rest(), 3 * 1_024);
  reader.leave();
  t.ok(answers.cancelled);
  await reader.next();
  t.equal((await reader.next()).done, true);
});

void t.test('limits read-ahead events by size, including metadata', async (t) => {
  const answers = new Answers(50, 512 * 1024);
  const reader = follow(answers);
  t.equal(eventsOf(await reader.next()), 4);
  t.equal(await answers.rest(), 4 + 4);
  t.equal(eventsOf(await reader.next()), 4);
  t.equal(await answers.rest(), 4 + 4 + 4);
  reader.leave();
  await reader.next();
});
