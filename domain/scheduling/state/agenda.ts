import { nextMinute } from '../capacity/quota-ledger.js';
import { JobQueue } from './job-queue.js';
import { RetryHeap } from './retry-heap.js';
import type { LiveAllocation, ScheduledJob } from './scheduled-job.js';
import type { Shape } from '../feasibility/shape.js';

export interface Awaited {
  readonly shapes: readonly Shape[];
  /** Keys of quotas; absent: none. */
  readonly quotas?: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Where planning has to look. It is an index, not state: `markEverything` rebuilds it, and a superfluous entry only
 * costs time. Folds add entries; planning removes those that it has settled.
 */
export class Agenda {
  /** Jobs whose desired and actual allocations may differ. */
  readonly jobs = new JobQueue();
  /** Nodes with facts that the plan log may not have admitted, or with allocations that should not be there. */
  readonly nodes = new Set<number>();
  readonly reports = new Set<LiveAllocation>();
  readonly retries = new RetryHeap();
  readonly volumes = new Set<string>();
  /** Nodes with freed capacity or new capabilities since the blocked jobs were last evaluated. */
  readonly freed = new Set<number>();
  readonly waiting = new Map<Shape, JobQueue>();
  /** Whether nodes are reserved for the job that has waited longest: a setting, the same on every server. */
  reserves = true;
  /** Jobs blocked by a quota, by its key. No nodes are reserved for them. */
  readonly overQuota = new Map<string, JobQueue>();
  /** Quotas with waiting jobs that may have free capacity again. */
  readonly quotaFreed = new Set<string>();
  /** When jobs that wait for a quota of runs per minute are due (ms since the epoch), by its key. */
  readonly startsDue = new Map<string, number>();
  /** Nodes that the newest plan reserved, and for which job. */
  reserved: { readonly job: ScheduledJob | undefined; readonly nodes: ReadonlySet<number> } = {
    job: undefined,
    nodes: new Set(),
  };
  /** Blocked jobs whose reasons may have changed. */
  readonly explain = new Set<ScheduledJob>();
  /** Jobs on which planning threw, a bug of ours: skipped until everything is evaluated again. */
  readonly aside = new Map<ScheduledJob, unknown>();
  /** Increases with everything that may change why something is blocked. */
  changes = 0;
  /** `changes` when the blocked jobs were last put into `explain`. */
  explained = 0;
  /** The time of that, in ms since the epoch. */
  explainedAt = 0;

  /** `at`: blocked since then (ms since the epoch). */
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
