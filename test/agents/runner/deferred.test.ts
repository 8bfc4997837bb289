import t from 'tap';
import { deferred } from '#agents/runner/deferred.js';

void t.test(
  'resolves with the first value for early readers, and with the newest for later ones',
  async (t) => {
    const later = deferred<number>();
    const early = later.value();
    later.give(1);
    later.give(2);
    t.same([await early, await later.value()], [1, 2]);
  },
);
