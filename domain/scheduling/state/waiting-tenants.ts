import {
  SHARED_QUOTAS,
  type Holder,
  type ScheduledQuota,
  type SharedQuota,
} from '../../accounts/quota/index.js';
import { holderKey, type QuotaLedger } from '../capacity/quota-ledger.js';
import { fitsNoNode } from '../plan-log/blocked-nodes.js';
import type { Shape } from '../feasibility/shape.js';
import { JobQueue } from './job-queue.js';
import type { ScheduledJob } from './scheduled-job.js';

/** The operator's jobs, which have no owner, wait under this name. */
export const OPERATORS_LINE = '';

interface Lack {
  readonly quotas: readonly SharedQuota[];
  readonly holders: readonly string[];
}

/** Jobs that wait for capacity, by tenant: whose turn it is, and for which resources a share of the cluster binds. */
export class WaitingTenants {
  readonly #lines = new Map<string, Map<Shape, JobQueue>>();
  readonly #lineOf = new Map<ScheduledJob, string>();
  readonly #lacks = new Map<ScheduledJob, Lack>();
  readonly #counts = new Map<string, number>();

  constructor(private readonly quotas: Pick<QuotaLedger, 'lineOf' | 'keysOf'>) {}

  get lines(): ReadonlyMap<string, ReadonlyMap<Shape, JobQueue>> {
    return this.#lines;
  }

  /** Returns whether work of other tenants (or accounts), or of the operator, waits for the resource. */
  isContested(quota: ScheduledQuota, holder: Holder): boolean {
    return this.#count(quota) > this.#count(`${quota} ${holderKey(holder)}`);
  }

  /** Returns whether a share may have ceased to bind, because the job waits for something else now. */
  wait(job: ScheduledJob, shapes: readonly Shape[]): boolean {
    const line = this.#lineOf.get(job) ?? lineOf(this.quotas, job);
    let queues = this.#lines.get(line);
    if (queues === undefined) this.#lines.set(line, (queues = new Map()));
    this.#lineOf.set(job, line);
    for (const shape of shapes) {
      let queue = queues.get(shape);
      if (queue === undefined) queues.set(shape, (queue = new JobQueue()));
      queue.add(job);
    }
    return this.#setLack(job, lackOf(this.quotas, job));
  }

  /** Returns whether a share may have ceased to bind. */
  stopWaiting(job: ScheduledJob, shapes: readonly Shape[]): boolean {
    const line = this.#lineOf.get(job);
    const queues = line === undefined ? undefined : this.#lines.get(line);
    if (line === undefined || queues === undefined) return false;
    for (const shape of shapes) {
      const queue = queues.get(shape);
      queue?.delete(job);
      if (queue?.size === 0) queues.delete(shape);
    }
    if (queues.size === 0) this.#lines.delete(line);
    this.#lineOf.delete(job);
    return this.#setLack(job, undefined);
  }

  #setLack(job: ScheduledJob, lack: Lack | undefined): boolean {
    const former = this.#lacks.get(job);
    if (lack === undefined) this.#lacks.delete(job);
    else this.#lacks.set(job, lack);
    if (lack !== undefined) this.#change(lack, 1);
    if (former === undefined) return false;
    this.#change(former, -1);
    return former.quotas.some((quota) =>
      former.holders.some((holder) => this.#count(`${quota} ${holder}`) === 0),
    );
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #change({ quotas, holders }: Lack, by: 1 | -1): void {
    for (const quota of quotas)
      for (const key of [quota, ...holders.map((holder) => `${quota} ${holder}`)]) {
        const count = this.#count(key) + by;
        if (count === 0) this.#counts.delete(key);
        else this.#counts.set(key, count);
      }
  }
}

export function lineOf(quotas: Pick<QuotaLedger, 'lineOf'>, { owner }: Pick<ScheduledJob, 'owner'>): string {
  return owner === undefined ? OPERATORS_LINE : quotas.lineOf(owner);
}

/** Returns the resources that some node lacks at present, if any. Work that no node could ever take waits for none. */
function lackOf(quotas: Pick<QuotaLedger, 'keysOf'>, { owner, blocked }: ScheduledJob): Lack | undefined {
  const told = Object.values(blocked?.reasons ?? {}).filter(
    (reason) => reason.quota === undefined && !fitsNoNode(reason),
  );
  const lacked = SHARED_QUOTAS.filter((quota) => told.some(({ exhausted }) => (exhausted[quota] ?? 0) > 0));
  if (lacked.length === 0) return undefined;
  return { quotas: lacked, holders: owner === undefined ? [OPERATORS_LINE] : quotas.keysOf(owner) };
}
