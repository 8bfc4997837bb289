/** `npm test [-- NAME …]`: every test but those of `test:clients`, or the files whose path below `test/` begins with one of the names: `domain`, `scenarios/blocked`. */
import { runFiles } from './report/run.js';
import { JOBS, ordinary } from './suites.js';

const names = process.argv.slice(2);
const files = ordinary(names);
if (files.length === 0)
  console.error(`There is no test whose path below test/ begins with ${names.join(' or ')}.`);
process.exitCode = files.length > 0 && (await runFiles(files, { jobs: JOBS })) ? 0 : 1;
