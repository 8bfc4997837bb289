import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';

const HOUSE = resolve(import.meta.dirname, '../../../tools/house.js');

const FEATURES = "'services' 'claims' 'tasks'";

/** A checkout with two rooms, and a limit of each figure that is not zero. */
function checkout(t: Test, limits: Record<string, number>): string {
  return t.testdir({
    'package.json': '{"scripts": {"test": "true"}}',
    docs: { decisions: {} },
    tools: { 'house.json': JSON.stringify(limits) },
    domain: {
      a: { 'one.ts': "import { two } from '../b/two.js';\nexport type One = typeof two;\n" },
      b: { 'two.ts': 'export const two = 2;\n' },
    },
    src: {
      'app.ts': "import { a } from '#agents/journal/a.js';\nimport { b } from '#agents/platform/b.js';\n",
    },
  });
}

const house = (root: string, ...options: string[]) =>
  spawnSync(process.execPath, [HOUSE, '--root', root, ...options], { encoding: 'utf8' });

const limitsOf = (root: string): Record<string, number> =>
  JSON.parse(readFileSync(join(root, 'tools/house.json'), 'utf8')) as Record<string, number>;

const LIMITS = {
  'files under 40 lines with one importer': 1,
  'loose files in src': 1,
  'modules of agents outside agents/platform/ that src uses': 1,
  'scripts in package.json': 1,
};

void t.test('a figure that falls is written down, and one that rises is an error that names it', (t) => {
  const root = checkout(t, { ...LIMITS, 'loose files in src': 2 });
  const fell = house(root);
  t.equal(fell.status, 0, fell.stderr);
  t.match(fell.stdout, /Figures fell/);
  t.match(limitsOf(root), LIMITS);
  t.equal(house(root).stdout, '', 'nothing changes');

  writeFileSync(join(root, 'src/long.ts'), `export function long() {\n${'  // A line.\n'.repeat(120)}}\n`);
  writeFileSync(join(root, 'domain/b/two.ts'), "import '../a/one.js';\nexport { one } from '../a/one.js';\n");
  mkdirSync(join(root, 'src/kinds'));
  writeFileSync(join(root, 'src/kinds/list.ts'), FEATURES);
  const rose = house(root);
  t.equal(rose.status, 1);
  for (const problem of [
    'functions over 100 lines: 1, at most 0',
    'functions over 70 lines: 1, at most 0',
    'loose files in src: 2, at most 1',
    'rooms of domain in a circle: 2, at most 0',
    'files that know three or more features: 1, at most 0',
    'files under 40 lines with one importer: 2, at most 1',
  ])
    t.match(rose.stderr, problem);
  t.match(limitsOf(root), LIMITS, 'the file is unchanged');
  t.end();
});

void t.test('counts who imports the list of all events, in whatever way', (t) => {
  const root = checkout(t, LIMITS);
  const files: Readonly<Record<string, string>> = {
    'domain/all-events.ts': "import { two } from './b/two.js';\nexport const EVENT_CATALOG = [two];\n",
    'src/root.ts':
      "import { EVENT_CATALOG } from '#domain/all-events.js';\nexport const root = EVENT_CATALOG;\n",
    'src/later.ts': "export const later = () => import('#domain/all-events.js');\n",
    'src/typed.ts': "export type All = typeof import('#domain/all-events.js').EVENT_CATALOG;\n",
    'domain/c/shim.ts':
      "import { EVENT_CATALOG } from '../all-events.js';\nexport const ALL = EVENT_CATALOG;\n",
    'src/by-shim.ts': "import type { ALL } from '#domain/c/shim.js';\nexport type Shimmed = typeof ALL;\n",
    'src/door.ts': "export { EVENT_CATALOG } from '#domain/all-events.js';\n",
    'src/by-door.ts': "import { EVENT_CATALOG } from './door.js';\nexport const doored = EVENT_CATALOG;\n",
    'src/by-root.ts': "import { root } from './root.js';\nexport const other = root;\n",
  };
  mkdirSync(join(root, 'domain/c'));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  t.match(house(root).stderr, 'files that import the list of all events: 7, at most 0');
  t.end();
});

void t.test('the reach of a file is what it needs, with types', (t) => {
  const root = checkout(t, LIMITS);
  t.equal(house(root, 'reach', 'domain/a/one.ts').stdout, '2 files, 3 lines\n');
  t.equal(house(root, 'reach', 'domain/b/two.ts').stdout, '1 files, 1 lines\n');
  const unknown = house(root, 'reach', 'domain/c.ts');
  t.equal(unknown.status, 2);
  t.match(unknown.stderr, 'Unknown: domain/c.ts');
  t.end();
});

void t.test('a limit is raised only with a decision, before the commit and after it', (t) => {
  const root = checkout(t, LIMITS);
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    const { status, stderr } = spawnSync('git', ['-C', root, ...identity, ...args], { encoding: 'utf8' });
    t.equal(status, 0, stderr);
  };
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  t.equal(house(root).status, 0);

  writeFileSync(join(root, 'src/more.ts'), 'export const more = 1;\n');
  writeFileSync(
    join(root, 'tools/house.json'),
    JSON.stringify({ ...limitsOf(root), 'loose files in src': 2 }),
  );
  const refused = house(root);
  t.equal(refused.status, 1);
  t.match(refused.stderr, 'loose files in src: the limit was raised from 1 to 2 without a decision');
  git('add', '.');
  git('commit', '--quiet', '--message', 'raised');
  t.equal(house(root).status, 1, 'a commit does not hide it');

  writeFileSync(join(root, 'docs/decisions/018-more.md'), '# More\n');
  git('add', '.');
  git('commit', '--quiet', '--amend', '--message', 'raised with a decision');
  t.equal(house(root).status, 0);
  t.end();
});
