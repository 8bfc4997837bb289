import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileResult } from './outcomes.js';
import { UsageError } from './selection.js';

const FILE = resolve(import.meta.dirname, '../../../test-results.json');

/** Writes the results of a run to `test-results.json`, one file a line. */
export function writeResults(results: readonly FileResult[]): void {
  writeFileSync(FILE, `[\n${results.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`);
}

/** Returns the names of the files that failed in the last run, or were flaky. Throws a {@link UsageError} if there is no last run. */
export function lastFailed(): ReadonlySet<string> {
  let results: readonly FileResult[];
  try {
    results = JSON.parse(readFileSync(FILE, 'utf8')) as readonly FileResult[];
  } catch {
    throw new UsageError('--failed: there are no results of a last run in test-results.json');
  }
  return new Set(
    results.filter(({ outcome, flaky }) => outcome === 'failed' || flaky).map(({ file }) => file),
  );
}
