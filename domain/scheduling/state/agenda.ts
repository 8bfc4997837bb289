import { SHARED_QUOTAS } from '../../accounts/quota/index.js';
import { nextMinute, type QuotaLedger } from '../capacity/quota-ledger.js';
import { JobQueue } from './job-queue.js';
import { Pace } from './pace.js';
import { RetryHeap } from './retry-heap.js';
import type { LiveAllocation, ScheduledJob } from './scheduled-job.js';
import { WaitingTenants } from './waiting-tenants.js';
import type { Shape } from '../feasibility/shape.js';

export interface Awaited {
  readonly shapes: readonly Shape[];
  /** Keys of quotas. Absent if there are none. */
  readonly quotas?: readonly string[];
}

const NONE: readonly string[] = [];

function isOfShare(key: string): boolean {
  return SHARED_QUOTAS.some((quota) => key.endsWith(` ${quota}`));
}

/**
 * What planning has to examine. It is an index, not state: `markEverything` rebuilds it, and a superfluous entry only costs time. Folds add entries,
 * and planning removes the entries that it has settled.
 */
export class Agenda {
  readonly jobs = new JobQueue();
  readonly nodes = new Set<number>();
  readonly reports = new Set<LiveAllocation>();
  readonly retries = new RetryHeap();
  readonly volumes = new Set<string>();
  readonly freed = new Set<number>();
  readonly waiting = new Map<Shape, JobQueue>();
  readonly tenants: WaitingTenants;
  /** A share may have ceased to bind, so work that was kept from free capacity has to be tried again. */
  sharesFreed = false;
  reserves = true;
  readonly overQuota = new Map<string, JobQueue>();
  readonly quotaFreed = new Set<string>();
  /** When jobs that are waiting for a quota of runs per minute are due (ms since the epoch), by the key of the quota. */
  readonly startsDue = new Map<string, number>();
  /** Deadlines of drains (ms since the epoch), by the index of the node. Planning adds them, because only it knows what a drain waits for. */
  readonly drainsDue = new Map<number, number>();
  reserved: { readonly job: ScheduledJob | undefined; readonly nodes: ReadonlySet<number> } = {
    job: undefined,
    nodes: new Set(),
  };
  readonly pace = new Pace();
  readonly explain = new Set<ScheduledJob>();
  /** Jobs whose planning threw, which is a bug in Muster. They are skipped until everything is evaluated again. */
  readonly aside = new Map<ScheduledJob, unknown>();
  changes = 0;
  explained = 0;
  explainedAt = 0;

  constructor(quotas: Pick<QuotaLedger, 'lineOf' | 'keysOf'>) {
    this.tenants = new WaitingTenants(quotas);
  }

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
    if (shapes.length > 0 && this.tenants.wait(job, shapes)) this.#freeShares();
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
    if (shapes.length > 0 && this.tenants.stopWaiting(job, shapes)) this.#freeShares();
  }

  #freeShares(): void {
    this.sharesFreed = true;
    this.quotaHasRoom([...this.overQuota.keys()].filter(isOfShare));
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
