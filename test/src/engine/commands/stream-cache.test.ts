import t from 'tap';
import { streamCache, type FoldedStream } from '#src/engine/commands/stream-cache.js';

const folded = (state: string, weight = 1): FoldedStream<string> => ({
  state,
  revision: 0,
  newest: undefined,
  keptAt: -1,
  commands: undefined,
  weight,
});

function cache(entries: number, bytes: number) {
  const made = streamCache<string>({ entries, bytes });
  const holds = (...streams: string[]): string =>
    streams.filter((stream) => made.get(stream) !== undefined).join('');
  return { made, holds };
}

void t.test('caches a limited number of the most recently used streams', async (t) => {
  const { made, holds } = cache(2, 100);
  made.set('a', folded('a'));
  made.set('b', folded('b'));
  t.equal(made.get('a')?.state, 'a');
  made.set('c', folded('c'));
  t.equal(holds('a', 'b', 'c'), 'ac', 'b, the least recently used stream, is evicted');
});

void t.test('limits the total weight of the cache', async (t) => {
  const { made, holds } = cache(100, 10);
  made.set('a', folded('a', 5));
  made.set('b', folded('b', 5));
  t.equal(holds('a', 'b'), 'ab');
  made.set('c', folded('c', 1));
  t.equal(holds('a', 'b', 'c'), 'bc');
  made.set('d', folded('d', 11));
  t.equal(holds('b', 'c', 'd'), 'bc', 'an entry above the limit is not cached, and evicts nothing');
  made.set('e', folded('e', 10));
  t.equal(holds('b', 'c', 'e'), 'e', 'an entry as large as the limit evicts all others');
});

void t.test('frees the weight of replaced and deleted entries', async (t) => {
  const { made, holds } = cache(100, 10);
  for (let round = 0; round < 5; round += 1) made.set('a', folded(`${round}`, 6));
  t.equal(made.get('a')?.state, '4');
  made.delete('a');
  made.delete('a');
  made.delete('never');
  t.equal(holds('a'), '');
  made.set('b', folded('b', 5));
  made.set('c', folded('c', 5));
  t.equal(holds('b', 'c'), 'bc');
  made.clear();
  t.equal(holds('b', 'c'), '');
  made.set('d', folded('d', 10));
  t.equal(holds('d'), 'd');
});
