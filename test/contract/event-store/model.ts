import fc from 'fast-check';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, ExpectedRevision, NewEvent } from '#domain/kernel/ports/event-store.js';
import { gather, ids, newStream, type Tap } from './fixture.js';

type Step =
  | { readonly do: 'append'; readonly expected: number; readonly ids: readonly number[] }
  | { readonly do: 'delete' | 'tombstone'; readonly expected: number }
  | { readonly do: 'truncate'; readonly before: number };

/** Ids and revisions have few values, so that repetitions, overlaps and conflicts are common. */
const expected = fc.integer({ min: -1, max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      expected,
      ids: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('delete' as const, 'delete' as const, 'tombstone' as const),
      expected,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('truncate' as const), before: fc.integer({ min: 0, max: 6 }) }),
  },
);

/** Minimal model of EventStoreDB's rules: one stream as a list of ids, and the first revision that reads return. */
class Model {
  readonly stream: number[] = [];
  served = 0;
  dead = false;

  /** Returns the expected result: a revision, the reason for a refusal, or undefined for a step without a result. */
  run(step: Step): number | 'wrong' | 'dead' | undefined {
    if (this.dead) return 'dead';
    switch (step.do) {
      case 'append':
        return this.#append(step.expected, step.ids);
      case 'truncate':
        if (this.served !== Infinity) this.served = step.before;
        return undefined;
      default: {
        const current = step.expected === this.#last || (step.expected === -1 && this.served === Infinity);
        if (!current) return 'wrong';
        if (step.do === 'tombstone') this.dead = true;
        else this.served = Infinity;
        return undefined;
      }
    }
  }

  get visible(): readonly number[] {
    return this.stream.slice(this.served);
  }

  get #last(): number {
    return this.stream.length - 1;
  }

  #append(expected: number, added: readonly number[]): number | 'wrong' {
    const there = this.stream.slice(expected + 1, expected + 1 + added.length);
    const repeated = expected < this.#last && added.every((id, n) => there[n] === id);
    if (repeated) return expected + added.length;
    const reopened = expected === -1 && this.served === Infinity && there[0] !== added[0];
    if (expected !== this.#last && !reopened) return 'wrong';
    if (this.served === Infinity) this.served = this.stream.length;
    this.stream.push(...added);
    return this.#last;
  }
}

/** @param inOrder Whether the adapter keeps the order of concurrent appends. If so, their results are compared too. */
export async function modelContract(t: Tap, store: EventStore, inOrder: boolean): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.boolean(), async (steps, atOnce) => {
      const stream = newStream();
      const model = new Model();
      const wanted = steps.map((step) => model.run(step));
      const answers: (number | string | undefined)[] = [];
      if (atOnce && inOrder)
        answers.push(...(await Promise.all(steps.map((step) => run(store, stream, step)))));
      else for (const step of steps) answers.push(await run(store, stream, step));
      if (JSON.stringify(answers) !== JSON.stringify(wanted))
        throw new Error(`answered ${JSON.stringify(answers)}, wanted ${JSON.stringify(wanted)}`);
      const read = model.dead ? [] : ids(await gather(store.readStream(stream)));
      if (!model.dead && JSON.stringify(read) !== JSON.stringify(model.visible.map(idOf)))
        throw new Error(`reads ${JSON.stringify(read)}`);
    }),
    { numRuns: 300 },
  );
  t.pass('300 sequences match the model');
}

async function run(store: EventStore, stream: string, step: Step): Promise<number | string | undefined> {
  try {
    switch (step.do) {
      case 'append':
        return (await store.append({ stream, expected: named(step.expected), events: step.ids.map(eventOf) }))
          .revision;
      case 'delete':
        await store.deleteStream(stream, named(step.expected));
        return undefined;
      case 'tombstone':
        await store.tombstoneStream(stream, named(step.expected));
        return undefined;
      case 'truncate':
        await store.truncateBefore(stream, step.before);
        return undefined;
    }
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_WRONG_REVISION')) return 'wrong';
    if (isMusterError(error, 'MUSTER_E_STREAM_DELETED')) return 'dead';
    throw error;
  }
}

function named(expected: number): ExpectedRevision {
  return expected < 0 ? 'no_stream' : expected;
}

function idOf(n: number): string {
  return `00000000-0000-4000-8000-00000000000${String(n)}`;
}

function eventOf(n: number): NewEvent {
  return { id: idOf(n), type: 'Tested', data: '{}', metadata: '{}' };
}
