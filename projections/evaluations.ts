import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { Trigger, BlockedReasons } from '#domain/plan-log/events.js';
import { projection, type Touch } from './projection.js';

export type EvaluationStatus = 'pending' | 'blocked' | 'complete';

/** `evaluations`, id = evaluation id. Indexes: `job` (20 newest kept), `blocked` (the job's id while it is blocked). */
export interface EvaluationDocument {
  readonly evaluationId: string;
  readonly jobId: string;
  /** Null while only a command that names no version (stop) has spoken. */
  readonly jobVersion: number | null;
  readonly status: EvaluationStatus;
  readonly triggers: readonly Trigger[];
  /** Allocations placed, newest 100. */
  readonly placed: readonly string[];
  readonly placedCount: number;
  readonly reasons: BlockedReasons | null;
  /** The later evaluation of the same job that took its work over. */
  readonly coveredBy: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type EventOf<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;

const EVENTS = [
  'JobSubmitted',
  'JobUpdated',
  'JobRestarted',
  'JobStopped',
  'JobDeleted',
  'JobArchived',
  'AllocationPlaced',
  'EvaluationBlocked',
  'EvaluationCompleted',
  'JobFinished',
] as const;

/** Triggers whose `ref` is an evaluation that a command made. */
const OF_COMMANDS: ReadonlySet<Trigger['kind']> = new Set(['job-submitted', 'job-updated', 'job-stopped', 'job-restarted', 'job-deleted']);
const PLACED_SHOWN = 100;
const TRIGGERS_SHOWN = 100;

/** What was asked of the scheduler and what it answered. They leave with their job. */
export const evaluations = projection<EvaluationDocument>({
  name: 'evaluations',
  share: 'allocations',
  version: 2,
  events: EVENTS,
  indexes: {
    job: (evaluation) => evaluation.jobId,
    blocked: (evaluation) => (evaluation.status === 'blocked' ? evaluation.jobId : undefined),
  },
  keep: { index: 'job', newest: 20 },
  touches,
  evolve: (evaluation, event, id) => {
    switch (event.type) {
      case 'JobSubmitted':
        return asked(event, 'job-submitted', event.revision);
      case 'JobUpdated':
        return asked(event, 'job-updated', event.revision);
      case 'JobRestarted':
        return asked(event, 'job-restarted', event.revision);
      case 'JobStopped':
        return asked(event, 'job-stopped', null);
      case 'JobDeleted':
      case 'JobArchived':
        return undefined;
      case 'AllocationPlaced':
        return placed(evaluation, event);
      case 'EvaluationBlocked':
      case 'EvaluationCompleted':
        return id === event.data.evaluationId ? answered(evaluation, event) : covered(evaluation, event);
      case 'JobFinished':
        return evaluation !== undefined && isOver(evaluation, event) ? undefined : evaluation;
      default:
        return evaluation;
    }
  },
});

function touches(event: RecordedMusterEvent): readonly Touch[] {
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
    case 'JobStopped':
    case 'AllocationPlaced':
      return [event.data.evaluationId];
    case 'JobDeleted':
    case 'JobArchived':
      return [{ where: 'job', equals: event.data.jobId }];
    case 'JobFinished':
      return event.data.outcome === 'deleted' ? [{ where: 'job', equals: event.data.jobId }] : [];
    case 'EvaluationBlocked':
    case 'EvaluationCompleted': {
      const covered = event.data.triggers.filter((each) => OF_COMMANDS.has(each.kind) && each.ref !== event.data.evaluationId);
      // A job has one blocked evaluation; this answer may be about another one.
      return [event.data.evaluationId, ...covered.map((each) => each.ref), { where: 'blocked', equals: event.data.jobId }];
    }
    default:
      return [];
  }
}

function asked(
  event: EventOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted' | 'JobStopped'>,
  kind: Trigger['kind'],
  jobVersion: number | null,
): EvaluationDocument {
  const { jobId, evaluationId } = event.data;
  return begun(evaluationId, jobId, jobVersion, [{ kind, ref: evaluationId }], event.metadata.at);
}

function begun(evaluationId: string, jobId: string, jobVersion: number | null, triggers: readonly Trigger[], at: number): EvaluationDocument {
  return {
    evaluationId,
    jobId,
    jobVersion,
    status: 'pending',
    triggers,
    placed: [],
    placedCount: 0,
    reasons: null,
    coveredBy: null,
    createdAt: at,
    updatedAt: at,
  };
}

function placed(evaluation: EvaluationDocument | undefined, event: EventOf<'AllocationPlaced'>): EvaluationDocument {
  const { allocationId, evaluationId, jobId, jobVersion } = event.data;
  const { at } = event.metadata;
  const before = evaluation ?? begun(evaluationId, jobId, jobVersion, [], at);
  return {
    ...before,
    placed: [...before.placed.slice(1 - PLACED_SHOWN), allocationId],
    placedCount: before.placedCount + 1,
    updatedAt: at,
  };
}

type Answer = EventOf<'EvaluationBlocked' | 'EvaluationCompleted'>;

/** A later evaluation took this one's work over. */
function covered(evaluation: EvaluationDocument | undefined, event: Answer): EvaluationDocument | undefined {
  if (evaluation === undefined || evaluation.status === 'complete') return evaluation;
  return { ...evaluation, status: 'complete', reasons: null, coveredBy: event.data.evaluationId, updatedAt: event.metadata.at };
}

function answered(evaluation: EvaluationDocument | undefined, event: Answer): EvaluationDocument | undefined {
  const { evaluationId, jobId, jobVersion, triggers } = event.data;
  const { at } = event.metadata;
  // Nobody will ask after an evaluation of a job that is gone.
  if (evaluation === undefined && triggers.some((each) => each.kind === 'job-deleted')) return undefined;
  const before = evaluation ?? begun(evaluationId, jobId, jobVersion, [], at);
  const known = new Set(before.triggers.map(triggerKey));
  return {
    ...before,
    jobVersion,
    status: event.type === 'EvaluationCompleted' ? 'complete' : 'blocked',
    triggers: [...before.triggers, ...triggers.filter((each) => !known.has(triggerKey(each)))].slice(-TRIGGERS_SHOWN),
    reasons: event.type === 'EvaluationBlocked' ? event.data.reasons : null,
    updatedAt: at,
  };
}

function triggerKey(trigger: Trigger): string {
  return `${trigger.kind} ${trigger.ref}`;
}

/** The deleted job's, but not those of a job submitted anew under the same id. */
function isOver(evaluation: EvaluationDocument, event: EventOf<'JobFinished'>): boolean {
  return evaluation.jobVersion !== null && evaluation.jobVersion <= event.data.jobVersion;
}
