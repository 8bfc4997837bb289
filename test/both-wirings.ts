/** `npm run test:both`: every test, and the scenarios over the production wiring as well, in one run: while the last of the one end, those of the other use the machine. */
import { serveMongodb } from './fixtures/ferretdb.js';
import { productionMissing } from './fixtures/wiring/production.js';
import { runFiles, type TestFile } from './report/run.js';
import { JOBS, ordinary, overProduction } from './suites.js';

/** Those that need no MongoDB of their own share one. */
async function both(): Promise<TestFile[]> {
  const mongodb = await serveMongodb();
  return [
    ...ordinary().map((file) => ({ ...file, env: { MUSTER_TEST_MONGODB_URL: mongodb } })),
    ...overProduction(mongodb),
  ];
}

const missing = productionMissing();
if (missing !== undefined) console.error(`The production wiring is not tried: ${missing} is missing.`);
const passed = await runFiles(missing === undefined ? await both() : ordinary(), { jobs: JOBS });
process.exitCode = passed && missing === undefined ? 0 : 1;
