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

void t.test(
  'a name of a schema is one schema’s: one that another surface gave as well would stand in the documents of both',
  async (t) => {
    const named = sources.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bid: '([A-Z][A-Za-z]+)'/g)].map(
        ([, id = '']) => id,
      ),
    );
    t.ok(named.length > 100, `${named.length} are named`);
    t.same(
      named.filter((id, index) => named.indexOf(id) !== index),
      [],
    );
  },
);

void t.test(
  'an object of an answer that may be null has a name: without one Python clients of openapi-generator take no null around it',
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

/** Where objects with properties stand that may be null. */
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
