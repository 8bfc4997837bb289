import t from 'tap';
import { deferred } from '#agents/runner/deferred.js';

void t.test('early readers wait for the value, later ones get the newest', async (t) => {
  const later = deferred<number>();
  const early = later.value();
  later.give(1);
  later.give(2);
  t.same([await early, await later.value()], [1, 2]);
});
