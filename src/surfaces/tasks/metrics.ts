import { assertNever } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  NOTIFICATION_OUTCOMES,
  OUTCOMES,
  SKIP_REASONS,
  tasks,
  type NotificationOutcome,
  type Outcome,
  type SkipReason,
  type TaskEvent,
  type TaskState,
} from '#domain/tasks/task/index.js';
import type { DecidedEvents } from '#src/engine/commands/index.js';
import { Durations, type Metrics } from '#src/engine/metrics/index.js';

/** In seconds. Slots are decided within milliseconds, or once a server is running again. */
const DELAY_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600];

const UNCOUNTED = 1001;

/** Counts the slots and runs that this server decided. */
export class TaskFigures {
  readonly #runs: Record<Outcome | 'cancelled', number> = { success: 0, failed: 0, timeout: 0, cancelled: 0 };
  readonly #skipped = new Map<SkipReason, number>(SKIP_REASONS.map((reason) => [reason, 0]));
  readonly #notices: Record<NotificationOutcome, number> = { delivered: 0, failed: 0, dropped: 0 };
  readonly #delay = new Durations(DELAY_BOUNDS);
  #ran = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  readonly count = (events: readonly TaskEvent[], before: TaskState): void => {
    for (const event of events) this.#count(event, before);
  };

  show(metrics: Metrics): void {
    metrics.counter(
      'muster_task_runs_total',
      'Task runs that ended, by status. Only counts runs whose end this server decided.',
      () =>
        [...OUTCOMES, 'cancelled' as const].map((status) => ({
          labels: { status },
          value: this.#runs[status],
        })),
    );
    metrics.counter(
      'muster_task_slots_total',
      'Schedule slots that this server decided: slots that ran, and skipped slots by reason.',
      () => [
        { labels: { decision: 'run', reason: '' }, value: this.#ran },
        ...[...this.#skipped].map(([reason, value]) => ({ labels: { decision: 'skipped', reason }, value })),
      ],
    );
    metrics.counter(
      'muster_task_notices_total',
      'Task notifications that ended, by outcome. Only counts notifications whose end this server decided.',
      () => NOTIFICATION_OUTCOMES.map((outcome) => ({ labels: { outcome }, value: this.#notices[outcome] })),
    );
    metrics.durations(
      'muster_task_schedule_delay_seconds',
      'Time from a schedule slot until its run was durably recorded.',
      () => [{ snapshot: this.#delay.snapshot() }],
    );
  }

  #count({ type, data }: TaskEvent, before: TaskState): void {
    switch (type) {
      case 'TaskSlotDecided':
        if (data.decision === 'run') {
          this.#ran += 1;
          this.#delay.observe(Math.max(0, this.clock.now() - data.slot) / 1000);
        } else
          this.#skipped.set(data.reason, (this.#skipped.get(data.reason) ?? 0) + (data.count ?? UNCOUNTED));
        return;
      case 'TaskBackfilled':
        this.#ran += data.slots.length;
        return;
      case 'TaskRunEnded':
        this.#runs[data.outcome] += 1;
        return;
      case 'TaskRunsCancelled':
        this.#runs.cancelled += data.runs.length;
        return;
      case 'TaskNoticeEnded':
        this.#notices[data.outcome] += 1;
        return;
      case 'TaskDeleted':
        if (before.kind === 'present') this.#runs.cancelled += before.runs.size;
        return;
      case 'TaskCreated':
      case 'TaskUpdated':
      case 'TaskStatusSet':
      case 'TaskOwnerChanged':
      case 'TaskTriggered':
      case 'TaskChainDecided':
      case 'TaskRunRetried':
      case 'TaskRunsDropped':
      case 'TaskNoticeDecided':
      case 'TaskNoticeRetried':
        return;
      default:
        assertNever(type);
    }
  }
}

export function taskMetrics(metrics: Metrics, decided: DecidedEvents, clock: Pick<Clock, 'now'>): void {
  const figures = new TaskFigures(clock);
  decided.listen(tasks, figures.count);
  figures.show(metrics);
}
