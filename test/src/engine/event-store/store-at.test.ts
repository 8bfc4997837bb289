import fc from 'fast-check';
import t from 'tap';
import type { EventStore, ReadStreamOptions, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { storeAt } from '#src/engine/event-store/store-at.js';
import { append } from '../../../contract/read-models/fixture.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { updated, submitted } from '../../../projections/events.js';

const STREAMS = ['a', 'b', 'c'] as const;
type Name = (typeof STREAMS)[number];

async function logOf(names: readonly Name[]): Promise<EventStore> {
  const store = createMemoryEventStore();
  const begun = new Set<Name>();
  for (const name of names) {
    await append(store, [begun.has(name) ? updated(name) : submitted(name)]);
    begun.add(name);
  }
  return store;
}

interface Read {
  readonly revisions: readonly number[];
  readonly last: bigint;
  readonly next: bigint | undefined;
}

async function readAt(
  store: EventStore,
  position: bigint,
  stream: string,
  options: ReadStreamOptions,
): Promise<Read> {
  let [last, next]: [bigint, bigint | undefined] = [-1n, undefined];
  const include = (from: bigint, until: bigint | undefined): void => void ([last, next] = [from, until]);
  const revisions: number[] = [];
  for await (const page of storeAt(store, position, { include }).readStream(stream, options))
    revisions.push(...page.map(({ revision }) => revision));
  return { revisions, last, next };
}

/** Revisions that the same read returned when the log ended at the position. */
function expected(
  all: readonly RecordedEvent[],
  position: bigint,
  stream: string,
  { direction, from, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions,
): number[] {
  const there = all.filter((event) => event.stream === stream && event.position <= position);
  const ordered = direction === 'backwards' ? there.reverse() : there;
  return ordered
    .filter(
      ({ revision }) =>
        from === undefined || (direction === 'backwards' ? revision <= from : revision >= from),
    )
    .slice(0, limit)
    .map(({ revision }) => revision);
}

void t.test(
  'returns a stream as of a position, with the range of positions for which the result is the same',
  async (t) => {
    const options = fc.record(
      {
        direction: fc.constantFrom('forwards' as const, 'backwards' as const),
        from: fc.nat({ max: 14 }),
        limit: fc.integer({ min: 1, max: 14 }),
      },
      { requiredKeys: ['direction'] },
    );
    const names = fc.array(fc.constantFrom(...STREAMS), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(names, fc.constantFrom('a', 'never'), options, async (log, name, read) => {
        const store = await logOf(log);
        const all: RecordedEvent[] = [];
        for await (const page of store.readAll()) all.push(...page);
        const stream = name === 'never' ? name : `job-${name}`;
        for (const { position } of all) {
          const found = await readAt(store, position, stream, read);
          t.strictSame(found.revisions, expected(all, position, stream, read));
          for (const other of all)
            if (other.position >= found.last && (found.next === undefined || other.position < found.next))
              t.strictSame(
                expected(all, other.position, stream, read),
                found.revisions,
                'the stream is the same at every position of the range',
              );
          t.ok(found.last <= position && (found.next === undefined || found.next > position));
        }
      }),
      { numRuns: 300 },
    );
  },
);

void t.test('reads only the requested part of a long stream', async (t) => {
  const store = await logOf(Array.from({ length: 3000 }, () => 'a' as const));
  let read = 0;
  const counting = Object.assign(Object.create(store) as EventStore, {
    readStream: async function* (stream: string, options: ReadStreamOptions) {
      for await (const page of store.readStream(stream, options)) {
        read += page.length;
        yield page;
      }
    },
  });
  const all: RecordedEvent[] = [];
  for await (const page of store.readAll()) all.push(...page);
  const { position } = all[1500]!;
  t.strictSame(
    (await readAt(counting, position, 'job-a', { direction: 'backwards', limit: 1 })).revisions,
    [1500],
  );
  t.ok(read < 30, `${read} events were read`);
});
