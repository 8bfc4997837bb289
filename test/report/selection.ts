import { durationOf, longestFirst, type Durations } from './durations.js';

/** A request that names no tests that could run. The message is shown to the user, and nothing is run. */
export class UsageError extends Error {}

/** One of `count` parts of a run. `index` begins with 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MAX_SHARDS = 100;
const MAX_REPEATS = 1_000;

/** Parses `2/5`. Throws a {@link UsageError} unless it names one of 1 to 100 parts. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = /^(\d{1,3})\/(\d{1,3})$/.exec(text)?.map(Number) ?? [];
  if (index < 1 || index > count || count > MAX_SHARDS)
    throw new UsageError(`--shard: ${text} is not a part of a whole, such as 2/5`);
  return { index, count };
}

/** Parses the number of `--repeat`. Throws a {@link UsageError} unless it is 1 to 1,000. */
export function parseRepeat(text: string): number {
  const times = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (times < 1 || times > MAX_REPEATS)
    throw new UsageError(`--repeat: ${text} is not a number from 1 to ${MAX_REPEATS}`);
  return times;
}

/**
 * Returns the tests of one shard. Each test, the longest first, goes to the shard with the least work so far. Which one that is depends only on
 * the tests and their recorded durations, so the shards of different machines add up to the whole.
 */
export function shardOf<File extends { readonly path: string; readonly label?: string }>(
  files: readonly File[],
  { index, count }: Shard,
  durations: Durations,
): File[] {
  const shards = Array.from({ length: count }, () => ({ total: 0, files: [] as File[] }));
  for (const file of longestFirst(files, durations)) {
    const least = shards.reduce((a, b) => (b.total < a.total ? b : a));
    least.total += durationOf(file, durations);
    least.files.push(file);
  }
  return shards[index - 1]?.files ?? [];
}
