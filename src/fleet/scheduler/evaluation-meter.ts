import type { Recorded } from '#domain/kernel/event/index.js';
import type { ClusterState, ClusterStateEvent } from '#domain/scheduling/index.js';
import { Durations, type DurationsSnapshot } from '#src/engine/metrics/index.js';

export interface EvaluationFigures {
  readonly pending: number;
  readonly oldest: number | undefined;
  readonly blocked: number;
  readonly durations: DurationsSnapshot;
}

/** Measures how long jobs wait for their evaluation and how many are blocked, from the scheduler's fold. */
export class EvaluationMeter {
  readonly #pending = new Map<string, number>();
  readonly #blocked = new Set<string>();
  readonly #durations = new Durations();

  constructor(private readonly state: ClusterState) {
    for (const job of state.jobs.values()) if (job.blocked !== undefined) this.#blocked.add(job.id);
  }

  figures(): EvaluationFigures {
    const [oldest] = this.#pending.values();
    return {
      pending: this.#pending.size,
      oldest,
      blocked: this.#blocked.size,
      durations: this.#durations.snapshot(),
    };
  }

  saw(event: Recorded<ClusterStateEvent>, ours: boolean): void {
    switch (event.type) {
      case 'JobSubmitted':
      case 'JobUpdated':
      case 'JobRestarted':
      case 'JobStopped':
      case 'JobDeleted':
        if (!this.#pending.has(event.data.jobId)) this.#pending.set(event.data.jobId, event.metadata.at);
        return;
      case 'EvaluationBlocked':
        this.#blocked.add(event.data.jobId);
        this.#answered(event.data.jobId, event.metadata.at, ours);
        return;
      case 'EvaluationCompleted':
      case 'JobFinished':
        this.#blocked.delete(event.data.jobId);
        this.#answered(event.data.jobId, event.metadata.at, ours);
        return;
      case 'ClusterCleared':
        this.#pending.clear();
        this.#blocked.clear();
        return;
      default:
    }
  }

  #answered(jobId: string, at: number, ours: boolean): void {
    const since = this.#pending.get(jobId);
    if (since === undefined || (this.state.jobs.get(jobId)?.pending.length ?? 0) > 0) return;
    this.#pending.delete(jobId);
    if (ours) this.#durations.observe(Math.max(0, at - since) / 1000);
  }
}
