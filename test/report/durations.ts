import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileResult } from './outcomes.js';

const FILE = resolve(import.meta.dirname, '../../../test/durations.json');

/** Seconds of processor time by test, at the last time that it was recorded. Names are paths below `test/` without `.test.js`, after the label of the run. */
export type Durations = Readonly<Record<string, number>>;

/** Minimum seconds of processor time that are recorded. */
const MIN_RECORDED = 1;

export function readDurations(): Durations {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Durations;
}

/** Returns the name of a test under which its duration is recorded. Accepts the name of a result too, which begins with the label. */
export function durationName(path: string, label = ''): string {
  return `${label}${path.replace(/(?:\/.*\/)?dist\/test\//, '').replace(/\.test\.js$/, '')}`;
}

/** Adds the results of a run to the durations, and returns them in the order of their names. */
export function withResults(known: Durations, results: readonly FileResult[]): Durations {
  const all = new Map(Object.entries(known));
  for (const { file, processorSeconds } of results) {
    if (processorSeconds >= MIN_RECORDED) all.set(durationName(file), Math.round(processorSeconds * 10) / 10);
    else all.delete(durationName(file));
  }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes the durations of a run to `test/durations.json`. */
export function recordDurations(results: readonly FileResult[]): void {
  writeFileSync(FILE, `${JSON.stringify(withResults(readDurations(), results), undefined, 2)}\n`);
}
