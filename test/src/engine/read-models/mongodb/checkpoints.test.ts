import t from 'tap';
import fc from 'fast-check';
import type { GenerationCommit } from '#src/engine/read-models/storage.js';
import { Checkpoints, withOwnCheckpoints } from '#src/engine/read-models/mongodb/checkpoints.js';
import { generationKey, SHARED, type Head } from '#src/engine/read-models/mongodb/schema.js';
import { carriedOut, commitOf, emptyHead, GENERATIONS, stored } from './heads.js';

const own = (head: Head): readonly (bigint | null)[] =>
  Object.values(withOwnCheckpoints(head).generations).map(({ position }) => position);

void t.test('writes one checkpoint per batch, however many models it fills', async (t) => {
  const checkpoints = new Checkpoints();
  let head = emptyHead();
  const all = (position: bigint, expected?: bigint, sequence = 0): GenerationCommit[] =>
    Array.from({ length: GENERATIONS }, (_, n) =>
      commitOf(n, position, expected, { sequence: n === 2 ? sequence : 0 }),
    );
  const sizes: number[] = [];
  for (const commits of [all(4n), all(9n, 4n), all(12n, 9n, 7)]) {
    const change = checkpoints.change(commits);
    sizes.push(Object.keys(change.set).length);
    head = carriedOut(head, change)!;
    change.written();
    t.strictSame(own(head), Array<bigint>(GENERATIONS).fill(commits[0]!.checkpoint.position));
  }
  t.strictSame(sizes, [2 + 2 * GENERATIONS, 2, 3]);
  t.match(head.generations['g2'], { storeId: SHARED, sequence: 7n });
  t.match(withOwnCheckpoints(head).generations['g2'], {
    storeId: 'log',
    position: 12n,
    eventId: 'e12',
    previous: 11n,
  });
  t.notOk('shared' in withOwnCheckpoints(head), 'readers do not see the shared checkpoint');
});

void t.test('writes nothing if a checkpoint is not as expected', async (t) => {
  const checkpoints = new Checkpoints();
  const first = checkpoints.change([commitOf(0, 4n, undefined), commitOf(1, 4n, undefined)]);
  t.equal(
    carriedOut(
      { ...emptyHead(), generations: { ...emptyHead().generations, g1: { ...stored('m1'), position: 3n } } },
      first,
    ),
    undefined,
  );
  t.equal(
    carriedOut({ ...emptyHead(), generations: { ...emptyHead().generations, g1: stored('another') } }, first),
    undefined,
  );
  const head = carriedOut(emptyHead(), first)!;
  first.written();
  const next = checkpoints.change([commitOf(0, 5n, 4n), commitOf(1, 5n, 4n)]);
  t.equal(carriedOut({ ...head, shared: { ...head.shared!, position: 9n } }, next), undefined);
  t.ok(carriedOut(head, next));
});

void t.test("includes a checkpoint's fields again if the previous change was not written", async (t) => {
  const checkpoints = new Checkpoints();
  checkpoints.change([commitOf(0, 4n, undefined)]);
  const again = checkpoints.change([commitOf(0, 4n, undefined)]);
  t.ok(carriedOut(emptyHead(), again));
  t.equal(again.set['generations.g0.storeId'], SHARED);
});

void t.test("keeps the checkpoint of each generation's newest commit", async (t) => {
  const lane = fc.uniqueArray(fc.nat(GENERATIONS - 1), { minLength: 1 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('commit' as const), lane, on: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      kind: fc.constant('gone' as const),
      lane: fc.tuple(fc.nat(GENERATIONS - 1)),
      on: fc.constant(0),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const checkpoints = new Checkpoints();
      let head = emptyHead();
      const expected = new Map<number, bigint | undefined>(
        Array.from({ length: GENERATIONS }, (_, n) => [n, undefined]),
      );
      let position = 0n;
      for (const { kind, lane, on } of steps) {
        const there = lane.filter((generation) => expected.has(generation));
        if (there.length === 0) continue;
        if (kind === 'gone') {
          head = {
            ...head,
            generations: Object.fromEntries(
              Object.entries(head.generations).filter(([key]) => key !== generationKey(there[0]!)),
            ),
          };
          checkpoints.gone([there[0]!]).written();
          expected.delete(there[0]!);
          continue;
        }
        position += BigInt(on);
        const change = checkpoints.change(
          there.map((generation) => commitOf(generation, position, expected.get(generation))),
        );
        const changed = carriedOut(head, change);
        if (changed === undefined) return false;
        head = changed;
        change.written();
        for (const generation of there) expected.set(generation, position);
      }
      const found = new Map(
        Object.entries(withOwnCheckpoints(head).generations).map(([key, { position }]) => [
          Number(key.slice(1)),
          position ?? undefined,
        ]),
      );
      return (
        found.size === expected.size &&
        [...expected].every(([generation, position]) => found.get(generation) === position)
      );
    }),
    { numRuns: 2_000 },
  );
  t.pass('the checkpoints match in 2,000 histories');
});

void t.test('keeps separate checkpoints for commits at different positions', async (t) => {
  const checkpoints = new Checkpoints();
  const head = carriedOut(
    emptyHead(2),
    checkpoints.change([commitOf(0, 4n, undefined), commitOf(1, 6n, undefined)]),
  )!;
  t.strictSame(own(head), [4n, 6n]);
  t.notOk('shared' in head);
});
