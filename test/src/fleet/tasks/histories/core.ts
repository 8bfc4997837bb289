import type { MusterEvent, RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { notificationOf, RUN_GROUP, runOf } from '#domain/tasks/task/index.js';
import {
  archived,
  completed,
  deleted,
  failed,
  finished,
  halted,
  lost,
  place,
  placed,
  released,
  started,
  stopped,
  type Place,
} from '../../../../projections/events.js';
import type { Core } from './move.js';

interface CoreJob {
  /** Revision of the event with its current specification. */
  version: number;
  state: 'begun' | 'stopped' | 'forgotten' | 'archived';
  finished: number;
  live: { readonly at: Place; readonly version: number; started: boolean } | undefined;
}

/** The scheduler and the nodes, as runs and notifications see them: one placement of a job at a time, and one per version. */
export class CoreOfHistory {
  readonly #jobs = new Map<string, CoreJob>();
  #placements = 0;

  see(event: RecordedMusterEvent): void {
    if (
      !('jobId' in event.data) ||
      (runOf(event.data.jobId) ?? notificationOf(event.data.jobId)) === undefined
    )
      return;
    const { jobId } = event.data;
    const job = this.#jobs.get(jobId);
    if (event.type === 'JobSubmitted' || event.type === 'JobUpdated')
      this.#jobs.set(jobId, {
        finished: -1,
        live: undefined,
        ...job,
        version: event.revision,
        state: 'begun',
      });
    else if (job !== undefined && event.type === 'JobStopped') job.state = 'stopped';
    else if (job !== undefined && event.type === 'JobDeleted') job.state = 'forgotten';
    else if (job !== undefined && event.type === 'JobArchived') job.state = 'archived';
  }

  /** Jobs with work left to do. */
  get busy(): readonly string[] {
    return [...this.#jobs].filter(([, job]) => job.live !== undefined || isOpen(job)).map(([id]) => id);
  }

  /** Returns the events of the next step of a job. If it runs, `how` is its end. */
  step(jobId: string, how: Core): readonly MusterEvent[] {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return [];
    if (how === 'archived')
      return job.state === 'begun' && job.finished === job.version ? [archived(jobId, job.version)] : [];
    if (how === 'stopped by an operator' && job.state === 'begun') return [stopped(jobId)];
    if (how === 'removed by an operator' && job.state !== 'forgotten') return [deleted(jobId)];
    const { live } = job;
    if (live !== undefined && (job.state !== 'begun' || live.version !== job.version))
      return this.#halt(jobId, job, live.at);
    if (live !== undefined) return this.#go(jobId, job, live, how);
    if (!isOpen(job)) return [];
    if (job.state !== 'begun')
      return this.#finish(jobId, job, job.state === 'stopped' ? 'stopped' : 'deleted');
    const at = place(`${jobId}-${(this.#placements += 1)}`, jobId, 0, RUN_GROUP);
    job.live = { at, version: job.version, started: false };
    return [placed(at, job.version)];
  }

  #go(jobId: string, job: CoreJob, live: NonNullable<CoreJob['live']>, how: Core): readonly MusterEvent[] {
    const { at } = live;
    if (how !== 'lost' && !live.started) {
      live.started = true;
      return [started(at)];
    }
    job.live = undefined;
    switch (how) {
      case 'lost':
        return [lost(at), released(at, 'lost'), ...this.#finish(jobId, job, 'failed')];
      case 'failed':
        return [failed(at), released(at, 'failed'), ...this.#finish(jobId, job, 'failed')];
      case 'overdue':
        return [overdue(at), released(at, 'failed'), ...this.#finish(jobId, job, 'failed')];
      default:
        return [completed(at), released(at, 'complete'), ...this.#finish(jobId, job, 'complete')];
    }
  }

  #halt(jobId: string, job: CoreJob, at: Place): readonly MusterEvent[] {
    job.live = undefined;
    return [
      halted(at),
      released(at, 'stopped'),
      ...(job.state === 'begun'
        ? []
        : this.#finish(jobId, job, job.state === 'stopped' ? 'stopped' : 'deleted')),
    ];
  }

  #finish(
    jobId: string,
    job: CoreJob,
    outcome: 'complete' | 'failed' | 'stopped' | 'deleted',
  ): readonly MusterEvent[] {
    job.finished = job.version;
    return [finished(jobId, job.version, outcome)];
  }
}

function isOpen({ state, version, finished }: CoreJob): boolean {
  return state !== 'archived' && finished < version;
}

function overdue(at: Place): MusterEvent {
  return {
    type: 'AllocationFailed',
    data: { ...at, startTime: 1, endTime: 2, message: 'task main: ran longer than 3600 s and was stopped' },
  };
}
