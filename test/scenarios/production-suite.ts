/**
 * `npm run test:production`: the scenarios once more, over the production wiring. Left out are those that are about files of the embedded
 * stores, or about no server at all; those in `production/` are run by `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { productionMissing } from '../fixtures/wiring/production.js';

const EMBEDDED_ONLY = new Set(['demo', 'disk-full', 'durable', 'moved', 'process', 'store-killed', 'tracing']);

const missing = productionMissing();
if (missing !== undefined) {
  console.error(`The production wiring was not tried: ${missing} is missing.`);
  process.exit(1);
}
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.js') && !EMBEDDED_ONLY.has(name.slice(0, -'.test.js'.length)))
  .map((name) => join('dist/test/scenarios', name));
const { status } = spawnSync('npx', ['--no-install', 'tap', '--reporter=node', '--reporter-arg=dist/test/report/main.js', ...process.argv.slice(2), ...files], {
  stdio: 'inherit',
  env: { ...process.env, MUSTER_TEST_WIRING: 'production' },
});
process.exitCode = status ?? 1;
