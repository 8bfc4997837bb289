import t from 'tap';
import fc from 'fast-check';
import { HeadChanges } from '#src/stores/mongodb/changed-models.js';
import { afterCommits } from '#src/stores/mongodb/generations.js';
import type { Head } from '#src/stores/mongodb/schema.js';
import { commitOf, emptyHead, GENERATIONS } from './heads.js';

const ALL = Array.from({ length: GENERATIONS }, (_, generation) => generation);
/** A commit that changes a document, and one that does not. */
const CHANGE = { removed: [{ id: 'd', sequence: 1 }] };
const SAME = {};

/** A projector whose commits change the documents of some models, and a reader of the head. */
function scene() {
  let head: Head = emptyHead();
  const at = new Map<number, bigint>();
  const reader = new HeadChanges();
  return {
    commit(position: bigint, changing: readonly number[], of: readonly number[] = ALL): void {
      const commits = of.map((generation) =>
        commitOf(generation, position, at.get(generation), changing.includes(generation) ? CHANGE : SAME),
      );
      head = { ...head, generations: afterCommits(head.generations, commits) };
      for (const generation of of) at.set(generation, position);
    },
    alter(change: (head: Head) => Head): void {
      head = change(head);
    },
    read: () => {
      const changed = reader.next(head);
      return changed === 'any' ? 'any' : [...changed].sort();
    },
  };
}

void t.test('reports only the models whose documents have changed since the last read', async (t) => {
  const { commit, read } = scene();
  commit(1n, [0, 1]);
  t.equal(read(), 'any');
  t.same(read(), []);
  commit(2n, []);
  t.same(read(), [], 'a new position alone is no change');
  commit(3n, [2]);
  commit(4n, [5]);
  commit(5n, []);
  t.same(read(), ['m2', 'm5']);
  t.same(read(), []);
});

void t.test('reports a model that is gone, and one that was built again', async (t) => {
  const { commit, alter, read } = scene();
  commit(1n, []);
  read();
  alter((head) => {
    const { g3: _, ...generations } = head.generations;
    return {
      ...head,
      generations: { ...generations, g1: { ...generations['g1']!, collection: 'another' } },
    };
  });
  t.same(read(), ['m1', 'm3']);
});

void t.test('misses no change in any history of commits', async (t) => {
  const some = fc.uniqueArray(fc.nat(GENERATIONS - 1));
  const step = fc.oneof(
    fc.record({ kind: fc.constant('commit' as const), of: some, changing: some }),
    fc.record({
      kind: fc.constant('read' as const),
      of: fc.constant([]),
      changing: fc.constant([]),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { commit, read } = scene();
      const unread = new Set<string>();
      read();
      let position = 0n;
      for (const { kind, of, changing } of steps) {
        if (kind === 'commit' && of.length > 0) {
          position += 1n;
          commit(position, changing, of);
          for (const n of changing) if (of.includes(n)) unread.add(`m${n}`);
        } else if (kind === 'read') {
          const changed = read();
          if (changed !== 'any' && [...unread].some((model) => !changed.includes(model))) return false;
          unread.clear();
        }
      }
      return true;
    }),
    { numRuns: 2_000 },
  );
  t.pass('every change was reported in 2,000 histories');
});
