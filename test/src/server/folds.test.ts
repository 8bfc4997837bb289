import t from 'tap';
import { PROJECTIONS } from '#src/server/folds.js';

void t.test('models have different names and index what they are asked to find by', async (t) => {
  t.equal(new Set(PROJECTIONS.map((each) => each.name)).size, PROJECTIONS.length);
  for (const { keep, indexes } of PROJECTIONS)
    if (keep !== undefined) t.type(indexes?.[keep.index], 'function');
});
