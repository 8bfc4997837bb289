import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Where the schemas stand that documents name. */
const sources = ['domain', 'src'].flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(room, path)),
);

void t.test('a name of a schema is one schema’s: one that another surface gave as well would stand in the documents of both', async (t) => {
  const named = sources.flatMap((path) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bid: '([A-Z][A-Za-z]+)'/g)].map(([, id = '']) => id));
  t.ok(named.length > 100, `${named.length} are named`);
  t.same(
    named.filter((id, index) => named.indexOf(id) !== index),
    [],
  );
});
