/** `npm run test:production [-- NAME …]`: the scenarios once more, over the production wiring. */
import { runFiles } from '../report/run.js';
import { JOBS, overProduction } from '../suites.js';

process.exitCode = (await runFiles(await overProduction(process.argv.slice(2)), { jobs: JOBS })) ? 0 : 1;
