import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Source files that may define named schemas. */
const sources = ['domain', 'src'].flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(room, path)),
);

void t.test(
  'schema names are unique, because a name shared by two surfaces would appear in the documents of both',
  async (t) => {
    const named = sources.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bid: '([A-Z][A-Za-z]+)'/g)].map(
        ([, id = '']) => id,
      ),
    );
    t.ok(named.length > 100, `${named.length} named schemas were found`);
    t.same(
      named.filter((id, index) => named.indexOf(id) !== index),
      [],
    );
  },
);

void t.test(
  'nullable objects are named schemas, because Python clients of openapi-generator reject null otherwise',
  async (t) => {
    const documents = readdirSync(join(ROOT, 'openapi')).filter((name) => name.endsWith('.json'));
    t.ok(documents.length > 3);
    for (const name of documents)
      t.same(
        namelessIn(JSON.parse(readFileSync(join(ROOT, 'openapi', name), 'utf8')) as Node, '#'),
        [],
        name,
      );
  },
);

type Node = Readonly<Record<string, unknown>>;

/** Returns the places of nullable objects with properties. */
function namelessIn(node: Node, at: string): string[] {
  const { type, properties } = node;
  const here =
    Array.isArray(type) && type.includes('object') && type.includes('null') && typeof properties === 'object'
      ? [at]
      : [];
  const inner = Object.entries(node).flatMap(([key, each]) =>
    typeof each === 'object' && each !== null ? namelessIn(each as Node, `${at}/${key}`) : [],
  );
  return [...here, ...inner];
}
