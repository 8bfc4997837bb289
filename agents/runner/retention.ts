/** What is kept of allocations that have ended and that the server no longer wants: their logs above all. */
export interface Retention {
  /** Ended allocations, in addition to the newest of each job. */
  readonly count: number;
  readonly seconds: number;
  /** Bytes that their folders take on the disk. */
  readonly bytes: number;
  /** The newest of each job, which stay whatever other jobs do. */
  readonly perJob: number;
}

export const DEFAULT_RETENTION: Retention = { count: 200, seconds: 86_400, bytes: 2_147_483_648, perJob: 3 };

/** The newest logs of each job are kept this many times longer than others. */
const LONGER = 30;
/** However many jobs there were. */
const MOST_OF_JOBS = 10_000;

/** An ended allocation's folder, as far as it decides what is kept. */
export interface Remains {
  readonly allocationId: string;
  /** What its log is one of: a job; of a task's runs the task, of a service's deployments the service. */
  readonly job: string;
  /** Unix seconds. */
  readonly endTime: number;
  readonly bytes: number;
}

/** Jobs of surfaces have a number of their own for each run, deployment or build. */
export function jobOfLogs(jobId: string): string {
  return /^(?:task|service|conda)\.[^.]+(?=\.)/.exec(jobId)?.[0] ?? jobId;
}

/** Those that go however large they are: the oldest beyond the count and the age. */
export function tooManyOrOld(ended: readonly Omit<Remains, 'bytes'>[], retention: Retention, nowSeconds: number): string[] {
  const { newest, others } = sorted(ended, retention);
  const { count, seconds } = retention;
  const beyond = (list: typeof newest, most: number, age: number): string[] =>
    list.filter((each, index) => index >= most || nowSeconds - each.endTime > age).map((each) => each.allocationId);
  return [...beyond(others, count, seconds), ...beyond(newest, MOST_OF_JOBS, LONGER * seconds)];
}

/** Which of the ended allocations go: those beyond the count and the age; of the rest the oldest, until the rest fits, the newest of each job last. */
export function beyondRetention(ended: readonly Remains[], retention: Retention, nowSeconds: number): string[] {
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

/** The newest of each job, and the others; both with the newest first. */
function sorted<Each extends Omit<Remains, 'bytes'>>(ended: readonly Each[], { perJob }: Retention): { newest: Each[]; others: Each[] } {
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
