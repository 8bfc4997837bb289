/**
 * `npm run test:production [-- NAME …]`: the scenarios once more, over the production wiring. Left out is what is about files of the embedded stores, or about no
 * server of a wiring at all; `docs/testing.md` says which and why. Those in `production/` are run by `npm test`.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { serveMongodb } from '../fixtures/ferretdb.js';
import { productionMissing } from '../fixtures/wiring/production.js';
import { runFiles } from '../report/run.js';

const LEFT_OUT = new Set(['demo', 'disk-full', 'fsync', 'many-logins', 'moved', 'store-killed']);

const missing = productionMissing();
if (missing !== undefined) {
  console.error(`The production wiring was not tried: ${missing} is missing.`);
  process.exit(1);
}
const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => name.slice(0, -'.test.js'.length))
  .filter((name) => (wanted.length > 0 ? wanted.includes(name) : !LEFT_OUT.has(name)))
  .map((name) => join(import.meta.dirname, `${name}.test.js`));
// A server of the wiring waits more than it works: four at a time fill two cores. One FerretDB for all of them, each in databases of its own: it takes seconds to start, and ends with this process.
const env = { ...process.env, MUSTER_TEST_WIRING: 'production', MUSTER_TEST_MONGODB_URL: await serveMongodb() };
process.exitCode = (await runFiles(files, { jobs: 4, env })) ? 0 : 1;
