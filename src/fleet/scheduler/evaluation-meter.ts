import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { ClusterState } from '#domain/scheduling/index.js';
import { Durations, type DurationsSnapshot } from '#src/engine/metrics/index.js';

/** What there is to say of the jobs that wait for the scheduler. */
export interface EvaluationFigures {
  /** Jobs that a command changed and no evaluation has answered yet. */
  readonly pending: number;
  /** When the oldest of them was asked for, milliseconds since the epoch; undefined: none waits. */
  readonly oldest: number | undefined;
  /** Jobs that wait because nothing fits. */
  readonly blocked: number;
  /** From a command to the evaluation that answers it, of those that this scheduler appended. */
  readonly durations: DurationsSnapshot;
}

/** Watches the fold of a scheduler: how long jobs wait for their evaluation, and how many are blocked. */
export class EvaluationMeter {
  /** Job to the time of the oldest command that is not answered, in the order in which they came. */
  readonly #pending = new Map<string, number>();
  readonly #blocked = new Set<string>();
  readonly #durations = new Durations();

  constructor(private readonly state: ClusterState) {
    for (const job of state.jobs.values()) if (job.blocked !== undefined) this.#blocked.add(job.id);
  }

  figures(): EvaluationFigures {
    const [oldest] = this.#pending.values();
    return { pending: this.#pending.size, oldest, blocked: this.#blocked.size, durations: this.#durations.snapshot() };
  }

  /** To be told of each event after it was folded. `ours`: this scheduler appended it, just now. */
  saw(event: RecordedMusterEvent, ours: boolean): void {
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

  /** An evaluation that was decided on an older version leaves the newer command waiting. */
  #answered(jobId: string, at: number, ours: boolean): void {
    const since = this.#pending.get(jobId);
    if (since === undefined || (this.state.jobs.get(jobId)?.pending.length ?? 0) > 0) return;
    this.#pending.delete(jobId);
    if (ours) this.#durations.observe(Math.max(0, at - since) / 1000);
  }
}
