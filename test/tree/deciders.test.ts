import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { AGGREGATES } from '#test/fixtures/muster-events.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string): string =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';

/** Files of `domain` that contain a decider. `kernel/event` only defines the type. */
const DECIDED = readdirSync(join(ROOT, 'domain'), { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    path.endsWith('.ts') &&
    !path.startsWith('kernel/event/') &&
    /: Decider</.test(read(join('domain', path))),
);

/** Whether a test specifies an aggregate, directly or through a `specification.ts` in the same folder. */
function specifies(test: string, text: (path: string) => string): boolean {
  const own = text(test);
  const shared = own.includes("from './specification.js'") ? text(join(test, '../specification.ts')) : '';
  return /\bspecify\(\w/.test(own + shared) && /\bgiven\(/.test(own);
}

void t.test('every decider of the domain has a test that uses the specification', async (t) => {
  t.ok(DECIDED.length >= 11, `${DECIDED.length} deciders were found`);
  t.same(
    DECIDED.filter((path) => !specifies(join('test/domain', path.replace(/\.ts$/, '.test.ts')), read)),
    [],
  );
});

void t.test('every aggregate is declared in the folder of a tested decider', async (t) => {
  const declared = DECIDED.map((path) => read(join('domain', path, '../aggregate.ts'))).join('\n');
  for (const { category, stream } of AGGREGATES)
    t.ok(declared.includes(`category: '${category}'`) || stream('') === category, category);
});

void t.test('reports a decider whose test does not use the specification', async (t) => {
  const texts: Readonly<Record<string, string>> = {
    'a/decider.test.ts': 'const { given } = specify(jobs);\ngiven().when(x).then(t);\n',
    'b/decider.test.ts': "import { given } from './specification.js';\ngiven().when(x).then(t);\n",
    'b/specification.ts': 'export const { given } = specify(nodes);\n',
    'c/decider.test.ts': 't.same(decider.decide(x, 1), []);\n',
    'd/decider.test.ts': "import { given } from './specification.js';\ngiven().when(x).then(t);\n",
  };
  const found = ['a', 'b', 'c', 'd', 'e'].filter((room) =>
    specifies(`${room}/decider.test.ts`, (path) => texts[path] ?? ''),
  );
  t.same(found, ['a', 'b']);
});
