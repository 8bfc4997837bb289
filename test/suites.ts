import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { RunOptions, TestFile } from './report/run.js';
import { durationName, readDurations } from './report/durations.js';
import { isSlow, isUnit, needsOthers } from './report/needs.js';
import { runsTogether } from './report/together.js';

/** Allows more files than cores, because most tests that start servers wait half of the time. */
export const JOBS: RunOptions['jobs'] = {
  atLeast: availableParallelism() + 1,
  atMost: 4 * availableParallelism(),
};

/** Sources of the tests. A compiled test whose source was moved or deleted is skipped. */
const SOURCES = resolve(import.meta.dirname, '../../test');

/** A test that sometimes fails although the product is right. */
interface FlakyTest {
  /** Path below `test/`, without `.test.ts`. */
  readonly file: string;
  readonly test: string;
  /** Date on which it was seen first. */
  readonly first: string;
  /** A sentence: the cause, as far as it is known. */
  readonly cause: string;
}

/** Tests whose files only `npm run test:all` runs, because they are known to be flaky. */
export const FLAKY = JSON.parse(readFileSync(join(SOURCES, 'flaky.json'), 'utf8')) as readonly FlakyTest[];

/**
 * Returns all tests except those in `clients/`. If names are given, returns only tests whose path below `test/` begins with one of them, which may
 * be in `clients/`.
 */
export function ordinary(names: readonly string[] = []): TestFile[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        path.endsWith('.test.js') &&
        (names.length === 0 ? !path.startsWith('clients/') : names.some((name) => path.startsWith(name))),
    )
    .filter((path) => existsSync(join(SOURCES, path.replace(/\.js$/, '.ts'))))
    .sort()
    .map((path) => ({
      path: join(import.meta.dirname, path),
      together: runsTogether(path, join(import.meta.dirname, path)),
    }));
}

/** Returns every test that needs only Node and this checkout, except slow and flaky ones. Users run these to see that Muster works on their machine. */
export function everyUserRuns(): TestFile[] {
  const durations = readDurations();
  const flaky = new Set(FLAKY.map(({ file }) => file));
  return ordinary().filter(
    ({ path }) =>
      !flaky.has(durationName(path)) && !isSlow(below(path), durations) && !needsOthers(below(path)),
  );
}

/** Returns the unit tests: those of the domain and the projections, and other tests that open no database. */
export function unit(): TestFile[] {
  return ordinary().filter(({ path }) => isUnit(below(path)));
}

const below = (path: string): string => relative(import.meta.dirname, path);

/**
 * Scenarios that run a second time over the production wiring, because it does something differently there. `docs/testing.md` says what.
 * Those in `production/` are among the ordinary tests.
 */
const OVER_BOTH = [
  'gpu-claims',
  'lifecycle',
  'nats-agents',
  'nats-faults',
  'node-silent',
  'read-models-deleted',
  'secrets',
  'services',
  'tasks',
];

/** Returns the scenarios over the production wiring, or only the named ones. */
export function overProduction(names: readonly string[] = []): TestFile[] {
  return ordinary(['scenarios/'])
    .map(({ path }) => ({ path, name: /scenarios\/([^/]+)\.test\.js$/.exec(path)?.[1] }))
    .filter(
      ({ name }) =>
        name !== undefined && (names.length > 0 ? names.includes(name) : OVER_BOTH.includes(name)),
    )
    .map(({ path }) => ({ path, env: { MUSTER_TEST_WIRING: 'production' }, label: 'production wiring: ' }));
}
