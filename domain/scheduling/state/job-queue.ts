import type { ScheduledJob } from './scheduled-job.js';

export class JobQueue {
  readonly #byPriority: (Set<ScheduledJob> | undefined)[] = [];
  readonly #priorityOf = new Map<ScheduledJob, number>();

  get size(): number {
    return this.#priorityOf.size;
  }

  add(job: ScheduledJob): void {
    const known = this.#priorityOf.get(job);
    if (known === job.priority) return;
    if (known !== undefined) this.#byPriority[known]?.delete(job);
    (this.#byPriority[job.priority] ??= new Set()).add(job);
    this.#priorityOf.set(job, job.priority);
  }

  delete(job: ScheduledJob): void {
    const known = this.#priorityOf.get(job);
    if (known === undefined) return;
    this.#byPriority[known]?.delete(job);
    this.#priorityOf.delete(job);
    while (this.#byPriority.length > 0 && (this.#byPriority.at(-1)?.size ?? 0) === 0) this.#byPriority.pop();
  }

  has(job: ScheduledJob): boolean {
    return this.#priorityOf.has(job);
  }

  all(): Iterable<ScheduledJob> {
    return this.#priorityOf.keys();
  }

  first(isPassedOver: (job: ScheduledJob) => boolean): ScheduledJob | undefined {
    for (let priority = this.highest(); priority >= 0; priority -= 1)
      for (const job of this.of(priority)) if (!isPassedOver(job)) return job;
    return undefined;
  }

  highest(): number {
    return this.#byPriority.length - 1;
  }

  of(priority: number): Iterable<ScheduledJob> {
    return this.#byPriority[priority] ?? [];
  }
}
