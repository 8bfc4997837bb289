/** Updates the two ways in `docs/architecture.md`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { OwnScope } from '../fixtures/scope.js';
import { traceWays } from './ways.js';
import { withWays, written } from './ways-page.js';

const FILE = resolve(import.meta.dirname, '../../../docs/architecture.md');

const scope = new OwnScope();
try {
  const ways = written(await traceWays(scope));
  writeFileSync(FILE, withWays(readFileSync(FILE, 'utf8'), ways));
} finally {
  await scope.end();
}
