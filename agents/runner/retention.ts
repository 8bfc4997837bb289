export interface Retention {
  readonly count: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Number of the newest allocations that are retained per job, regardless of other jobs. */
  readonly perJob: number;
}

/** The newest logs of each job are retained this many times longer than other logs. */
const LONGER = 30;
const MAX_NEWEST_OF_JOBS = 10_000;

export interface Remains {
  readonly allocationId: string;
  readonly job: string;
  readonly endTime: number;
  readonly bytes: number;
}

/** Removes the number at the end of a job id. Surfaces create a separate job for each run, deployment or build. */
export function jobOfLogs(jobId: string): string {
  return /^(?:task|service|conda)\.[^.]+(?=\.)/.exec(jobId)?.[0] ?? jobId;
}

/** Returns the allocations to remove regardless of size: those beyond the count or the age. */
export function tooManyOrOld(
  ended: readonly Omit<Remains, 'bytes'>[],
  retention: Retention,
  nowSeconds: number,
): string[] {
  const { newest, others } = sorted(ended, retention);
  const { count, seconds } = retention;
  const beyond = (list: typeof newest, most: number, age: number): string[] =>
    list
      .filter((each, index) => index >= most || nowSeconds - each.endTime > age)
      .map((each) => each.allocationId);
  return [...beyond(others, count, seconds), ...beyond(newest, MAX_NEWEST_OF_JOBS, LONGER * seconds)];
}

/** Returns the allocations to remove: those beyond the count or age, then the oldest until the rest fits. The newest of each job are removed last. */
export function beyondRetention(
  ended: readonly Remains[],
  retention: Retention,
  nowSeconds: number,
): string[] {
  const going = new Set(tooManyOrOld(ended, retention, nowSeconds));
  const { newest, others } = sorted(
    ended.filter((each) => !going.has(each.allocationId)),
    retention,
  );
  let bytes = [...newest, ...others].reduce((sum, each) => sum + each.bytes, 0);
  for (const each of [...others.reverse(), ...newest.reverse()]) {
    if (bytes <= retention.bytes) break;
    bytes -= each.bytes;
    going.add(each.allocationId);
  }
  return [...going];
}

/** Files of an ended allocation below this size are not removed to make space on a full disk. */
const MIN_FREED_BYTES = 1_048_576;

/** Returns the allocations whose removal makes space on a full disk, the largest first. */
export function largestFirst(ended: readonly Remains[]): Remains[] {
  return ended
    .filter(({ bytes }) => bytes >= MIN_FREED_BYTES)
    .sort((left, right) => right.bytes - left.bytes);
}

function sorted<Each extends Omit<Remains, 'bytes'>>(
  ended: readonly Each[],
  { perJob }: Retention,
): { newest: Each[]; others: Each[] } {
  const counts = new Map<string, number>();
  const newest: Each[] = [];
  const others: Each[] = [];
  for (const each of [...ended].sort((left, right) => right.endTime - left.endTime)) {
    const count = (counts.get(each.job) ?? 0) + 1;
    counts.set(each.job, count);
    (count <= perJob ? newest : others).push(each);
  }
  return { newest, others };
}
