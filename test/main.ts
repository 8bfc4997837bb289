/**
 * Runs tests. `docs/testing.md` says which of them to run when.
 *
 * - `npm test`: all tests that need no other servers, except slow and flaky ones. Takes about six minutes on two cores.
 * - `npm test -- NAME …`: the tests whose path below `test/` begins with one of the names: `domain`, `scenarios/blocked`, `clients/java`
 * - `npm test -- --production [NAME …]`: the scenarios over the production wiring
 * - `npm run test:unit`: the unit tests
 * - `npm run test:all`: every test except `clients`, and the scenarios over the production wiring as well
 *
 * Any of these can be cut down further:
 *
 * - `--shard 2/5`: one of five parts that take about the same time
 * - `--changed [REVISION]`: the tests that may depend on what changed since the revision, `HEAD` by default
 * - `--failed`: the tests that failed in the last run
 * - `--repeat N`: each test N times
 * - `--record`: also writes how long the tests took to `test/durations.json`
 *
 * The results of each file are written to `test-results.json`. A wrong option is reported in one line, with exit status 2.
 */
import { parseArgs } from 'node:util';
import { serveMongodb } from './fixtures/ferretdb.js';
import { productionMissing } from './fixtures/wiring/production.js';
import { changedSince, dependsOn } from './report/changed.js';
import { readDurations, recordDurations } from './report/durations.js';
import type { FileResult } from './report/outcomes.js';
import { lastFailed, writeResults } from './report/results.js';
import { nameOf, runFiles, type TestFile } from './report/run.js';
import { parseRepeat, parseShard, shardOf, UsageError } from './report/selection.js';
import { everyUserRuns, JOBS, ordinary, overProduction, unit } from './suites.js';

const OPTIONS = {
  unit: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  production: { type: 'boolean', default: false },
  shard: { type: 'string' },
  changed: { type: 'string' },
  failed: { type: 'boolean', default: false },
  repeat: { type: 'string', default: '1' },
  record: { type: 'boolean', default: false },
} as const;

/** Gives `--changed` its default if no revision follows it. */
function withRevision(words: readonly string[]): string[] {
  return words.map((word, index) =>
    word === '--changed' && (words[index + 1] ?? '-').startsWith('-') ? '--changed=HEAD' : word,
  );
}

function parsed() {
  try {
    return parseArgs({
      args: withRevision(process.argv.slice(2)),
      allowPositionals: true,
      options: OPTIONS,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Chosen = ReturnType<typeof parsed>['values'];

/** Lists both wirings as one run, so that no core is idle in between. */
function bothWirings(missing: string | undefined): TestFile[] {
  return missing === undefined ? [...ordinary(), ...overProduction()] : ordinary();
}

function candidates(chosen: Chosen, names: readonly string[], missing: string | undefined): TestFile[] {
  if (chosen.all) return bothWirings(missing);
  if (chosen.production) return missing === undefined ? overProduction(names) : [];
  if (chosen.unit) return unit();
  if (names.length > 0) return ordinary(names);
  return chosen.failed || chosen.changed !== undefined ? bothWirings(missing) : everyUserRuns();
}

/** Returns the requested tests. Throws a {@link UsageError} if there are none. */
function requested(chosen: Chosen, names: readonly string[], missing: string | undefined): TestFile[] {
  const shard = chosen.shard === undefined ? undefined : parseShard(chosen.shard);
  const times = parseRepeat(chosen.repeat);
  if (chosen.record && times > 1) throw new UsageError('--record: not with --repeat');
  const changed = chosen.changed === undefined ? undefined : changedSince(chosen.changed);
  const failed = chosen.failed ? lastFailed() : undefined;
  const all = candidates(chosen, names, missing);
  if (all.length === 0 && missing === undefined)
    throw new UsageError(`There is no test whose path below test/ begins with ${names.join(' or ')}.`);
  const found = all.filter(
    (file) =>
      (failed === undefined || failed.has(nameOf(file))) &&
      (changed === undefined || dependsOn(file.path, changed)),
  );
  const part = shard === undefined ? found : shardOf(found, shard, readDurations());
  if (part.length === 0 && missing === undefined) throw new UsageError('No test is left to run.');
  return Array.from({ length: times }, (_, round) =>
    part.map((file) =>
      round === 0 ? file : { ...file, together: false, label: `${file.label ?? ''}round ${round + 1}: ` },
    ),
  ).flat();
}

/** Lets all files share one FerretDB, which takes seconds to start, if any file runs over the production wiring. Each test has its own databases. */
async function withMongodb(files: readonly TestFile[]): Promise<readonly TestFile[]> {
  if (!files.some(({ env }) => env?.['MUSTER_TEST_WIRING'] === 'production')) return files;
  const mongodb = await serveMongodb();
  return files.map((file) => ({ ...file, env: { ...file.env, MUSTER_TEST_MONGODB_URL: mongodb } }));
}

async function main(): Promise<number> {
  const { values: chosen, positionals: names } = parsed();
  const production = chosen.all || chosen.production;
  /** The prerequisite of the production wiring that this machine lacks, if that wiring was requested. */
  const missing =
    production || chosen.failed || chosen.changed !== undefined ? productionMissing() : undefined;
  const files = requested(chosen, names, missing);
  if (missing !== undefined) console.error(`The production wiring is not tried: ${missing} is missing.`);
  if (names.some((name) => name.startsWith('clients'))) await import('./clients/install.js');
  if (names.length === 0 && !production)
    console.log(
      `Runs ${files.length} of ${ordinary().length} test files. \`npm run test:all\` runs them all: docs/testing.md.`,
    );
  const onResults = (results: readonly FileResult[]): void => {
    writeResults(results);
    if (chosen.record) recordDurations(results);
  };
  const passed = files.length > 0 && (await runFiles(await withMongodb(files), { jobs: JOBS, onResults }));
  return passed && (missing === undefined || !production) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
