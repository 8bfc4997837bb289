import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Folders of the source that tests mirror. */
const MIRRORED = ['agents', 'domain', 'projections', 'src'];

/** Folders of `test` that mirror nothing: what spans rooms, and what tests are made of. */
const NO_MIRROR = [
  'bench',
  'clients',
  'contract',
  'deploy',
  'docs',
  'event-store',
  'fixtures',
  'generated',
  'mongodb',
  'mutation',
  'parts',
  'report',
  'scenarios',
  'tree',
  'watcher',
];

/**
 * Whether a test stands where its source does. `test/P/N.test.ts` tests the file `P/N.ts` or the room `P/N`. Where one file has several
 * tests, each says behind a dot what it asks: `test/P/N.killed.test.ts`.
 */
function mirrors(test: string, exists: (path: string) => boolean): boolean {
  const [, folder = '', name = ''] = /^test\/(.+)\/([^./]+)(?:\.[^./]+)?\.test\.ts$/.exec(test) ?? [];
  return (
    name !== '' &&
    MIRRORED.includes(folder.split('/')[0] ?? '') &&
    (exists(join(folder, `${name}.ts`)) || exists(join(folder, name)))
  );
}

void t.test('every test stands at the path of the file or the room that it tests', async (t) => {
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

void t.test('what mirrors nothing is in the list, and the list names nothing else', async (t) => {
  const folders = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => name);
  t.same(folders.sort(), [...MIRRORED, ...NO_MIRROR].sort());
});

void t.test('a test without its source is found', async (t) => {
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
