import t from 'tap';
import { StreamCache } from '#src/engine/event-store/sqlite/writer/stream-cache.js';

const at = (head: number) => ({ head, truncateBefore: 0, tombstoned: false });

void t.test('returns the last state that was set', (t) => {
  const cache = new StreamCache(2);
  cache.set('a', at(0));
  cache.set('b', at(0));
  cache.set('a', at(1));
  t.same(cache.get('a'), at(1));
  t.same(cache.get('b'), at(0));
  t.end();
});

void t.test('keeps recently used states and evicts others', (t) => {
  const cache = new StreamCache(2);
  for (let n = 0; n < 20; n += 1) {
    cache.set(`s${n}`, at(n));
    if (n > 0) t.same(cache.get('s0') ?? cache.set('s0', at(0)) ?? at(0), at(0));
  }
  t.equal(cache.get('s1'), undefined);
  cache.set('x'.repeat(513), at(0));
  t.equal(cache.get('x'.repeat(513)), undefined, 'an overlong name is not cached');
  t.end();
});
