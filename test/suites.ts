import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { RunOptions, TestFile } from './report/run.js';
import { isUnit, needsOthers, SLOW } from './report/needs.js';
import { runsTogether } from './report/together.js';

/** Most of what starts servers waits as much as it works. */
export const JOBS: RunOptions['jobs'] = {
  atLeast: availableParallelism() + 1,
  atMost: 4 * availableParallelism(),
};

/** What was moved leaves its compiled file behind. */
const SOURCES = resolve(import.meta.dirname, '../../test');

/** Below `test/`: every test but those in `clients/`, or those whose path begins with one of the names. */
export function ordinary(names: readonly string[] = []): TestFile[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        path.endsWith('.test.js') &&
        !path.startsWith('clients/') &&
        (names.length === 0 || names.some((name) => path.startsWith(name))),
    )
    .filter((path) => existsSync(join(SOURCES, path.replace(/\.js$/, '.ts'))))
    .sort()
    .map((path) => ({
      path: join(import.meta.dirname, path),
      together: runsTogether(path, join(import.meta.dirname, path)),
    }));
}

/** Every test that needs nothing but Node and this checkout, without the slow ones: what a user runs to see that Muster works on their machine. */
export function everyUserRuns(): TestFile[] {
  return ordinary().filter(({ path }) => !SLOW.includes(below(path)) && !needsOthers(below(path)));
}

/** The tests of functions: those of the domain, the projections, and what else opens no database. */
export function unit(): TestFile[] {
  return ordinary().filter(({ path }) => isUnit(below(path)));
}

const below = (path: string): string => relative(import.meta.dirname, path);

/** About files of the embedded stores, about what a request meets before it reaches any store, or about no server of a wiring at all; `docs/testing.md` says which and why. Those in `production/` are among the ordinary ones. */
const LEFT_OUT = new Set([
  'demo',
  'disk-full',
  'fsync',
  'moved',
  'open-stores',
  'private-files',
  'store-killed',
  'local-user',
  'many-logins',
  'regex-attack',
  'slow-requests',
]);

/** The scenarios over the production wiring, or those with these names. One FerretDB for all of them, each in databases of its own: it takes seconds to start. */
export function overProduction(mongodb: string, names: readonly string[] = []): TestFile[] {
  const env = { MUSTER_TEST_WIRING: 'production', MUSTER_TEST_MONGODB_URL: mongodb };
  return ordinary(['scenarios/'])
    .map(({ path }) => ({ path, name: /scenarios\/([^/]+)\.test\.js$/.exec(path)?.[1] }))
    .filter(
      ({ name }) => name !== undefined && (names.length > 0 ? names.includes(name) : !LEFT_OUT.has(name)),
    )
    .map(({ path }) => ({ path, env, label: 'production wiring: ' }));
}
