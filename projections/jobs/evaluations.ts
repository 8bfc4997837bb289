import { jobEvents } from '#domain/jobs/job/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { planEvents, type BlockedReasons, type Trigger } from '#domain/scheduling/plan-log/events.js';

export type EvaluationStatus = 'pending' | 'blocked' | 'complete';

/** One evaluation of a job and its outcome. Its placements are in the allocation documents. */
export interface JobEvaluation {
  readonly id: string;
  readonly version?: number;
  readonly status: EvaluationStatus;
  readonly asked?: Trigger['kind'];
  readonly triggers?: readonly Trigger[];
  readonly placed?: number;
  readonly reasons?: BlockedReasons;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The events that change the evaluations of a job. */
export const EVALUATION_EVENTS = {
  ...only(jobEvents, 'JobSubmitted', 'JobUpdated', 'JobRestarted', 'JobStopped'),
  ...only(planEvents, 'AllocationPlaced', 'EvaluationBlocked', 'EvaluationCompleted'),
};
type Event = RecordedOf<typeof EVALUATION_EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;
type Evaluations = readonly JobEvaluation[];

const COMMAND_TRIGGERS: ReadonlySet<Trigger['kind']> = new Set([
  'job-submitted',
  'job-updated',
  'job-stopped',
  'job-restarted',
  'job-deleted',
]);
/** Maximum numbers of retained evaluations: requested by commands, and the scheduler's own. Small, because each change of the job rewrites them. */
const MAX_REQUESTED = 5;
const MAX_OWN = 3;
const TRIGGERS_SHOWN = 10;

/**
 * Folds an event into a job's evaluations, oldest first. Returns the same list if nothing changed. `first`: revision of the job's submission, because
 * late events about a deleted job do not concern a later job with the same id.
 */
export function evaluationsAfter(evaluations: Evaluations, first: number, event: Event): Evaluations {
  switch (event.type) {
    case 'JobSubmitted':
      return [asked(event, 'job-submitted', event.revision)];
    case 'JobUpdated':
      return retainedEvaluations([...evaluations, asked(event, 'job-updated', event.revision)]);
    case 'JobRestarted':
      return retainedEvaluations([...evaluations, asked(event, 'job-restarted', event.revision)]);
    case 'JobStopped':
      return retainedEvaluations([...evaluations, asked(event, 'job-stopped')]);
    case 'AllocationPlaced':
      return event.data.jobVersion < first
        ? evaluations
        : changed(evaluations, event, ({ placed = 0 }) => ({ placed: placed + 1 }));
    case 'EvaluationBlocked':
    case 'EvaluationCompleted':
      return event.data.jobVersion < first ? evaluations : answered(evaluations, event);
  }
}

function asked(
  event: EventOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted' | 'JobStopped'>,
  kind: Trigger['kind'],
  version?: number,
): JobEvaluation {
  const { at } = event.metadata;
  return {
    id: event.data.evaluationId,
    ...(version !== undefined && { version }),
    status: 'pending',
    asked: kind,
    createdAt: at,
    updatedAt: at,
  };
}

type Answer = EventOf<'EvaluationBlocked' | 'EvaluationCompleted'>;

function answered(evaluations: Evaluations, event: Answer): Evaluations {
  const { evaluationId, jobVersion: version, triggers } = event.data;
  const isSettled = ({ id, status }: JobEvaluation): boolean => {
    if (status === 'complete' || id === evaluationId) return false;
    return status === 'blocked' || triggers.some(({ kind, ref }) => ref === id && COMMAND_TRIGGERS.has(kind));
  };
  const settled = evaluations.some(isSettled)
    ? evaluations.map((each) =>
        isSettled(each) ? { ...each, status: 'complete' as const, updatedAt: event.metadata.at } : each,
      )
    : evaluations;
  return changed(settled, event, ({ asked: command, id, triggers: earlier = [] }) => {
    const isKnown = ({ kind, ref }: Trigger): boolean =>
      (kind === command && ref === id) || earlier.some((known) => known.kind === kind && known.ref === ref);
    const all = [...earlier, ...triggers.filter((each) => !isKnown(each))].slice(-TRIGGERS_SHOWN);
    const seen = all.length > 0 ? { triggers: all } : {};
    if (event.type === 'EvaluationCompleted') return { version, status: 'complete', ...seen };
    return { version, status: 'blocked', reasons: event.data.reasons, ...seen };
  });
}

function changed(
  evaluations: Evaluations,
  event: EventOf<'AllocationPlaced'> | Answer,
  changes: (before: JobEvaluation) => Partial<JobEvaluation>,
): Evaluations {
  const { evaluationId: id, jobVersion: version } = event.data;
  const { at } = event.metadata;
  const index = evaluations.findLastIndex((each) => each.id === id);
  const before = evaluations[index] ?? { id, version, status: 'pending', createdAt: at, updatedAt: at };
  const after = { ...before, ...changes(before), updatedAt: at };
  return index < 0 ? retainedEvaluations([...evaluations, after]) : evaluations.with(index, after);
}

function retainedEvaluations(evaluations: Evaluations): Evaluations {
  let [askedFor, own] = [0, 0];
  for (const { asked: command } of evaluations) {
    if (command === undefined) own += 1;
    else askedFor += 1;
  }
  if (askedFor <= MAX_REQUESTED && own <= MAX_OWN) return evaluations;
  return evaluations.filter(({ asked: command }) =>
    command === undefined ? (own -= 1) < MAX_OWN : (askedFor -= 1) < MAX_REQUESTED,
  );
}
