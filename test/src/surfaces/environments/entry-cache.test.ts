import t from 'tap';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import { EntryCache } from '#src/surfaces/environments/entry-cache.js';

const stored = (id: string, json: string): StoredDocument => ({ id, json, created: 1n, parked: false });

void t.test('caches a text until one of its documents changes', async (t) => {
  const texts = new EntryCache();
  const said = (environment: string, packages: string): string =>
    texts.of(stored('a', environment), stored('a.1', packages), () => `${environment} with ${packages}`);
  t.equal(said('one', 'x'), 'one with x');
  t.equal(
    texts.of(stored('a', 'one'), stored('a.1', 'x'), () => 'made again'),
    'one with x',
  );
  t.equal(said('one', 'y'), 'one with y', 'other packages give a new text');
  t.equal(said('two', 'y'), 'two with y', 'another name gives a new text');
  t.equal(
    texts.of(stored('b', 'two'), stored('b.1', 'y'), () => 'of b'),
    'of b',
    'another environment with the same documents has its own text',
  );
});

void t.test('evicts the oldest text above the limit', async (t) => {
  const texts = new EntryCache();
  const made: string[] = [];
  const look = (id: string): void =>
    void texts.of(stored(id, '{}'), stored(`${id}.1`, '{}'), () => (made.push(id), id));
  for (let each = 0; each <= 4_000; each += 1) look(String(each));
  made.length = 0;
  look('4000');
  look('0');
  t.same(made, ['0']);
});
