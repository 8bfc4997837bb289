/** `npm run test:production [-- NAME …]`: the scenarios once more, over the production wiring. */
import { serveMongodb } from '../fixtures/ferretdb.js';
import { productionMissing } from '../fixtures/wiring/production.js';
import { runFiles } from '../report/run.js';
import { JOBS, overProduction } from '../suites.js';

const missing = productionMissing();
if (missing !== undefined) {
  console.error(`The production wiring was not tried: ${missing} is missing.`);
  process.exit(1);
}
process.exitCode = (await runFiles(overProduction(await serveMongodb(), process.argv.slice(2)), {
  jobs: JOBS,
}))
  ? 0
  : 1;
