import t from 'tap';
import { PROJECTIONS } from '#src/process/read-side/folds.js';

void t.test('gives models unique names and the indexes that their retention uses', async (t) => {
  t.equal(new Set(PROJECTIONS.map((each) => each.name)).size, PROJECTIONS.length);
  for (const { keep, indexes } of PROJECTIONS)
    if (keep !== undefined) t.type(indexes?.[keep.index], 'function');
});
