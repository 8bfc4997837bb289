/**
 * Runs tests. `docs/testing.md` says which of them to run when.
 *
 * - `npm test`: all tests that need no other servers, except slow and flaky ones. Takes about six minutes on two cores.
 * - `npm test -- NAME …`: the tests whose path below `test/` begins with one of the names: `domain`, `scenarios/blocked`
 * - `npm test -- --production [NAME …]`: the scenarios over the production wiring
 * - `npm run test:unit`: the unit tests
 * - `npm run test:all`: every test, and the scenarios over the production wiring as well
 * - `--record`: also writes how long the tests took to `test/durations.json`
 */
import { parseArgs } from 'node:util';
import { serveMongodb } from './fixtures/ferretdb.js';
import { productionMissing } from './fixtures/wiring/production.js';
import { recordDurations } from './report/durations.js';
import { runFiles, type TestFile } from './report/run.js';
import { everyUserRuns, JOBS, ordinary, overProduction, unit } from './suites.js';

const { values: chosen, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    unit: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    production: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});

/** The prerequisite of the production wiring that this machine lacks, if that wiring was requested. */
const missing = chosen.all || chosen.production ? productionMissing() : undefined;
if (missing !== undefined) console.error(`The production wiring is not tried: ${missing} is missing.`);

/** Lists both wirings as one run, so that no core is idle in between. Tests that need no separate MongoDB share one. */
async function bothWirings(): Promise<TestFile[]> {
  if (missing !== undefined) return ordinary();
  const mongodb = await serveMongodb();
  return [
    ...ordinary().map((file) => ({ ...file, env: { MUSTER_TEST_MONGODB_URL: mongodb } })),
    ...overProduction(mongodb),
  ];
}

async function files(): Promise<TestFile[]> {
  if (chosen.all) return await bothWirings();
  if (chosen.production) return missing === undefined ? overProduction(await serveMongodb(), names) : [];
  if (chosen.unit) return unit();
  return names.length > 0 ? ordinary(names) : everyUserRuns();
}

const found = await files();
if (found.length === 0 && missing === undefined)
  console.error(`There is no test whose path below test/ begins with ${names.join(' or ')}.`);
if (names.length === 0 && !chosen.all && !chosen.production)
  console.log(
    `Runs ${found.length} of ${ordinary().length} test files. \`npm run test:all\` runs them all: docs/testing.md.`,
  );
const passed =
  found.length > 0 &&
  (await runFiles(found, { jobs: JOBS, ...(chosen.record && { onResults: recordDurations }) }));
process.exitCode = passed && missing === undefined ? 0 : 1;
