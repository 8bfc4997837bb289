/** `npm run test:both`: every test, and the scenarios over the production wiring as well, in one run: while the last of the one end, those of the other use the machine. */
import { runFiles } from './report/run.js';
import { JOBS, ordinary, overProduction } from './suites.js';

process.exitCode = (await runFiles([...ordinary(), ...(await overProduction())], { jobs: JOBS })) ? 0 : 1;
