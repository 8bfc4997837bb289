import t from 'tap';
import { DocumentCache } from '#src/engine/read-models/document-cache.js';

const entry = (id: string, size = 0) => ({ id, size });
/** Which are there. It looks at none of them by `get`, which would count as use, until the end. */
const holds = (cache: DocumentCache<{ id: string; size: number }>, ...ids: string[]): string => ids.filter((id) => cache.get(id) !== undefined).join('');

void t.test('what was used since the former half was filled stays', async (t) => {
  // Each counts 200, and a half is full beyond 600: with the fourth.
  const cache = new DocumentCache<{ id: string; size: number }>(1200);
  for (const id of ['a', 'b', 'c', 'd']) cache.set(entry(id));
  t.equal(cache.get('a')?.id, 'a', 'the old half is asked as well');
  for (const id of ['e', 'f', 'g']) cache.set(entry(id));
  t.equal(holds(cache, 'a', 'b', 'c', 'd', 'e', 'f', 'g'), 'aefg');
});

void t.test('a large document fills more of a half', async (t) => {
  const cache = new DocumentCache<{ id: string; size: number }>(1200);
  cache.set(entry('a', 400));
  cache.set(entry('b', 1));
  cache.set(entry('c', 401));
  t.equal(holds(cache, 'a', 'b', 'c'), 'c', 'two halves have gone by');
});

void t.test('what is replaced is the newer one, and what is deleted is in neither half', async (t) => {
  const cache = new DocumentCache<{ id: string; size: number }>(1200);
  cache.set(entry('a', 1));
  cache.set(entry('a', 2));
  t.equal(cache.get('a')?.size, 2);
  for (const id of ['b', 'c']) cache.set(entry(id));
  cache.set(entry('d'));
  cache.delete('a');
  cache.delete('d');
  t.equal(holds(cache, 'a', 'd'), '');
  cache.clear();
  t.equal(holds(cache, 'b', 'c'), '');
  for (const id of ['e', 'f', 'g']) cache.set(entry(id));
  t.equal(holds(cache, 'e', 'f', 'g'), 'efg', 'it begins with an empty half');
});
