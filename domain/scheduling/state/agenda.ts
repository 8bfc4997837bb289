import { nextMinute } from '../capacity/quota-ledger.js';
import { JobQueue } from './job-queue.js';
import { RetryHeap } from './retry-heap.js';
import type { LiveAllocation, ScheduledJob } from './scheduled-job.js';
import type { Shape } from '../feasibility/shape.js';

/** What a blocked job waits for. */
export interface Awaited {
  readonly shapes: readonly Shape[];
  /** Keys of quotas; absent: none. */
  readonly quotas?: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Where planning has to look. Not state: all of it can be made anew by looking everywhere (`markEverything`), and an
 * entry too many costs a look, no more. The fold adds to it; planning takes out what it looked at and found in order.
 */
export class Agenda {
  /** Jobs whose desired and actual allocations may differ. */
  readonly jobs = new JobQueue();
  /** Nodes whose facts the plan log may not have admitted, or that hold what they should not. */
  readonly nodes = new Set<number>();
  /** Allocations that ended by their agents' word. */
  readonly reports = new Set<LiveAllocation>();
  readonly retries = new RetryHeap();
  /** Volumes that are to be deleted. */
  readonly volumes = new Set<string>();
  /** Nodes where something became free, or that became fit for more, since the blocked jobs were last looked at. */
  readonly freed = new Set<number>();
  /** Blocked jobs, by what they wait for room for. */
  readonly waiting = new Map<Shape, JobQueue>();
  /** Whether nodes are reserved for the job that has waited longest: a setting, the same on every server. */
  reserves = true;
  /** Jobs that a quota keeps from being placed, by the quota's key. They wait for no node, and none is reserved for them. */
  readonly overQuota = new Map<string, JobQueue>();
  /** Quotas, of those that jobs wait for, in which there may be room again. */
  readonly quotaFreed = new Set<string>();
  /** When jobs that wait for a quota of runs a minute are looked at again (ms since the epoch), by the quota's key. */
  readonly startsDue = new Map<string, number>();
  /** Nodes that the newest plan reserved, and for which job. */
  reserved: { readonly job: ScheduledJob | undefined; readonly nodes: ReadonlySet<number> } = { job: undefined, nodes: new Set() };
  /** Blocked jobs whose reasons may have changed. */
  readonly explain = new Set<ScheduledJob>();
  /** Jobs on which planning threw, a defect of ours: passed over until everything is looked at again. */
  readonly aside = new Map<ScheduledJob, unknown>();
  /** Rises with whatever may change why something is blocked. */
  changes = 0;
  /** `changes` when the blocked jobs were last put into `explain`. */
  explained = 0;
  /** And when that was (ms since the epoch). */
  explainedAt = 0;

  /** Adds a blocked job to the queues of what it waits for. `at`: since when (ms since the epoch). */
  wait(job: ScheduledJob, { shapes, quotas = NONE }: Awaited, at = 0): void {
    for (const key of quotas) {
      let queue = this.overQuota.get(key);
      if (queue === undefined) this.overQuota.set(key, (queue = new JobQueue()));
      queue.add(job);
      if (key.endsWith(' runs_per_minute')) this.startsDue.set(key, nextMinute(at));
    }
    for (const shape of shapes) {
      let queue = this.waiting.get(shape);
      if (queue === undefined) this.waiting.set(shape, (queue = new JobQueue()));
      queue.add(job);
    }
  }

  stopWaiting(job: ScheduledJob, { shapes, quotas = NONE }: Awaited): void {
    for (const key of quotas) {
      const queue = this.overQuota.get(key);
      queue?.delete(job);
      if (queue?.size !== 0) continue;
      this.overQuota.delete(key);
      this.quotaFreed.delete(key);
      this.startsDue.delete(key);
    }
    for (const shape of shapes) {
      const queue = this.waiting.get(shape);
      queue?.delete(job);
      if (queue?.size === 0) this.waiting.delete(shape);
    }
    this.explain.delete(job);
  }

  /** There may be room again in these quotas. */
  quotaHasRoom(keys: Iterable<string>): void {
    if (this.overQuota.size === 0) return;
    for (const key of keys) if (this.overQuota.has(key)) this.quotaFreed.add(key);
  }

  forget(job: ScheduledJob): void {
    this.jobs.delete(job);
    this.explain.delete(job);
    this.aside.delete(job);
  }
}
