import { durationName, type Durations } from './durations.js';
import type { TestFile } from './run.js';

/** Returns the files in the order in which they start. If one of the longest started last, the machine would wait for it idly. */
export function longestFirst(files: readonly TestFile[], durations: Durations): TestFile[] {
  const work = ({ path, label }: TestFile): number => durations[durationName(path, label)] ?? 0;
  return files.toSorted((a, b) => work(b) - work(a));
}
