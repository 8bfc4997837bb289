/** How much to retain of ended allocations that the server no longer wants, mainly logs. */
export interface Retention {
  /** Ended allocations, in addition to the newest of each job. */
  readonly count: number;
  readonly seconds: number;
  /** Disk space of their folders, in bytes. */
  readonly bytes: number;
  /** The newest of each job, retained whatever other jobs do. */
  readonly perJob: number;
}

export const DEFAULT_RETENTION: Retention = { count: 200, seconds: 86_400, bytes: 2_147_483_648, perJob: 3 };

/** The newest logs of each job are retained this many times longer than others. */
const LONGER = 30;
const MAX_NEWEST_OF_JOBS = 10_000;

export interface Remains {
  readonly allocationId: string;
  /** The job that its log belongs to: for surfaces the scheduled task or service, not the run or deployment. */
  readonly job: string;
  readonly endTime: number;
  readonly bytes: number;
}

/** Surfaces create a job for each run, deployment or build, with a number at the end. */
export function jobOfLogs(jobId: string): string {
  return /^(?:task|service|conda)\.[^.]+(?=\.)/.exec(jobId)?.[0] ?? jobId;
}

/** Returns those to remove regardless of size: the oldest beyond the count and age. */
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

/** Returns the allocations to remove: those beyond the count and age, then the oldest until the rest fits, with the newest of each job last. */
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

/** Returns the newest of each job and the others, both newest first. */
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
