import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Source folders that tests mirror. */
const MIRRORED = ['agents', 'domain', 'examples', 'projections', 'src'];

/** Folders of `test` that mirror nothing: tests that span rooms, and helpers for tests. */
const NO_MIRROR = [
  'bench',
  'clients',
  'console',
  'contract',
  'deploy',
  'docs',
  'event-store',
  'fixtures',
  'generated',
  'mongodb',
  'parts',
  'report',
  'scenarios',
  'smoke',
  'tree',
  'watcher',
];

/**
 * Whether a test has the same path as its source. `test/P/N.test.ts` tests the file `P/N.ts` or the room `P/N`. If one file has several
 * tests, each adds its subject after a dot: `test/P/N.killed.test.ts`.
 */
function mirrors(test: string, exists: (path: string) => boolean): boolean {
  const [, folder = '', name = ''] = /^test\/(.+)\/([^./]+)(?:\.[^./]+)?\.test\.ts$/.exec(test) ?? [];
  return (
    name !== '' &&
    MIRRORED.includes(folder.split('/')[0] ?? '') &&
    (exists(join(folder, `${name}.ts`)) || exists(join(folder, name)))
  );
}

void t.test('every test file has the same path as the file or folder that it tests', async (t) => {
  const tests = MIRRORED.flatMap((part) =>
    readdirSync(join(ROOT, 'test', part), { recursive: true, encoding: 'utf8' }).map((path) =>
      join('test', part, path),
    ),
  ).filter((path) => path.endsWith('.test.ts'));
  t.ok(tests.length > 100, 'tests were found');
  t.same(
    tests.filter((test) => !mirrors(test, (path) => existsSync(join(ROOT, path)))),
    [],
  );
});

void t.test('every test folder either mirrors a source folder or is listed as an exception', async (t) => {
  const folders = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => name);
  t.same(folders.sort(), [...MIRRORED, ...NO_MIRROR].sort());
});

void t.test('reports a test file without a source file', async (t) => {
  const sources = ['src/engine/lease.ts', 'src/fleet/dispatcher', 'src/fleet/dispatcher/index.ts'];
  const found = (test: string): boolean =>
    mirrors(test, (path) => sources.includes(path) || sources.some((source) => dirname(source) === path));
  for (const test of [
    'src/engine/lease',
    'src/engine/lease.killed',
    'src/fleet/dispatcher',
    'src/fleet/dispatcher.restart',
    'src/fleet/dispatcher/index',
    'src/fleet/dispatcher/index.restart',
  ])
    t.ok(found(`test/${test}.test.ts`), test);
  for (const test of [
    'src/engine/leases',
    'src/lease',
    'src/fleet/dispatcher/restart',
    'engine/lease',
    'lease',
    'src/engine/lease.killed.twice',
  ])
    t.notOk(found(`test/${test}.test.ts`), test);
});
