import t from 'tap';
import { afterCommits, without } from '#src/stores/mongodb/generations.js';
import { commitOf, emptyHead } from './heads.js';

const { generations: EMPTY } = emptyHead(2);
const MOVED = { code: 'MUSTER_E_READ_MODEL_CONTESTED' };

void t.test('moves the checkpoints of the committed generations, and of no others', async (t) => {
  const next = afterCommits(EMPTY, [commitOf(0, 4n, undefined, { sequence: 3 })]);
  t.match(next['g0'], { storeId: 'log', position: 4n, eventId: 'e4', previous: 3n, sequence: 3n });
  t.equal(next['g1'], EMPTY['g1']);
});

void t.test('records the last change of a document, which a new position alone is not', async (t) => {
  const changed = afterCommits(EMPTY, [commitOf(0, 4n, undefined, { removed: [{ id: 'd', sequence: 1 }] })]);
  t.equal(changed['g0']!.changed, 4n);
  const same = afterCommits(changed, [commitOf(0, 9n, 4n)]);
  t.match(same['g0'], { position: 9n, changed: 4n });
  t.match(afterCommits(same, [commitOf(0, 11n, 9n, { clearedAt: 10n })])['g0'], {
    changed: 11n,
    cleared: 10n,
  });
});

void t.test('refuses all commits if one checkpoint is not as expected', async (t) => {
  const next = afterCommits(EMPTY, [commitOf(0, 4n, undefined)]);
  for (const commits of [
    [commitOf(1, 5n, undefined), commitOf(0, 5n, undefined)],
    [commitOf(1, 5n, undefined), commitOf(0, 5n, 3n)],
    [commitOf(0, 5n, 4n, { model: 'another' })],
    [commitOf(7, 5n, undefined)],
  ])
    t.throws(() => afterCommits(next, commits), MOVED);
  t.ok(afterCommits(next, [commitOf(1, 5n, undefined), commitOf(0, 5n, 4n)]));
});

void t.test('removes generations', async (t) => {
  t.same(Object.keys(without(EMPTY, ['g0', 'g9'])), ['g1']);
});
