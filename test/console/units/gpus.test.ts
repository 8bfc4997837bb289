import t from 'tap';
import type * as Holders from '../../../console/rooms/gpus/holders.js';
import { loadConsole } from '../fixtures/load.js';

const { holdersOf } = await loadConsole<typeof Holders>('rooms/gpus/holders.ts');

const claim = (id: string, node: string | null, gpus: number, owner: string | null = 'ann') => ({
  id,
  node,
  gpus,
  owner,
});

void t.test('each GPU of a node is held by a claim, by a job, or free', (t) => {
  const holders = holdersOf({ name: 'a', gpus: { total: 5, used: 4 } }, [
    claim('one', 'a', 2),
    claim('two', 'a', 1, null),
    claim('three', 'b', 4),
    claim('waiting', null, 1),
  ]);
  t.same(
    holders.map(({ kind, id }) => [kind, id]),
    [
      ['claim', 'one'],
      ['claim', 'one'],
      ['claim', 'two'],
      ['job', undefined],
      ['free', undefined],
    ],
  );
  t.equal(holders[0]?.words, 'held by claim one of ann');
  t.equal(holders[2]?.words, 'held by claim two');
  t.end();
});

void t.test("claims that are newer than the node's usage are shown, and no count is negative", (t) => {
  const holders = holdersOf({ name: 'a', gpus: { total: 2, used: 0 } }, [claim('one', 'a', 2)]);
  t.same(
    holders.map(({ kind }) => kind),
    ['claim', 'claim'],
  );
  t.end();
});
