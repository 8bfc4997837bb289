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

/** Processor seconds of a test whose duration is not recorded, because it is short. */
const SHORT = 0.3;

/** A test file, as in a run: its path, and the label of the run. */
interface Timed {
  readonly path: string;
  readonly label?: string;
}

/** Returns the seconds of processor time that a test probably takes. */
export function durationOf({ path, label }: Timed, durations: Durations): number {
  return durations[durationName(path, label)] ?? SHORT;
}

/** Returns the files, the longest first. If one of the longest started last, the machine would wait for it idly. */
export function longestFirst<File extends Timed>(files: readonly File[], durations: Durations): File[] {
  return files.toSorted((a, b) => durationOf(b, durations) - durationOf(a, durations));
}
