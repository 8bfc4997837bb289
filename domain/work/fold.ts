import { ALLOCATION_REPORTS } from '../allocations/index.js';
import type { Recorded } from '../kernel/event/index.js';
import type { FactOf, WorkFact } from './facts.js';
import type { JobSpecification } from '../jobs/job/specification.js';
import type { BlockedReasons } from '../scheduling/plan-log/events.js';
import { groupIdentity } from '../jobs/job/group-identity.js';
import { evolveSlot, placed } from './slot.js';
import type { WorkGroup, WorkSlot, WorkView } from './view.js';

export const WORK_EVENTS = [
  'JobSubmitted',
  'JobUpdated',
  'JobRestarted',
  'JobStopped',
  'JobDeleted',
  'JobFinished',
  'EvaluationBlocked',
  'EvaluationCompleted',
  'AllocationPlaced',
  'AllocationStopRequested',
  'AllocationReleased',
  ...ALLOCATION_REPORTS,
] as const satisfies readonly WorkFact['type'][];
type FoldedFact = FactOf<(typeof WORK_EVENTS)[number]>;

/** Folds an event of the item's job. Returns the same object if nothing changed. Ignores events after the job was forgotten. */
export function evolveWork(
  view: WorkView,
  event: Recorded<{ readonly type: string; readonly data: unknown }>,
): WorkView {
  return view.job === 'forgotten' || !isFact(event) ? view : evolveByFact(view, event);
}

const FACTS: ReadonlySet<string> = new Set(WORK_EVENTS);

function isFact(event: { readonly type: string }): event is FoldedFact {
  return FACTS.has(event.type);
}

function evolveByFact(view: WorkView, event: FoldedFact): WorkView {
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
      return specified(view, event);
    case 'JobStopped':
      return { ...view, job: 'stopped', blocked: null };
    case 'JobDeleted':
      return { ...view, job: 'forgotten', blocked: null };
    case 'JobFinished':
      return event.data.jobVersion < view.version
        ? view
        : { ...view, finished: event.data.outcome, blocked: null };
    case 'EvaluationBlocked':
      return event.data.jobVersion < view.version
        ? view
        : { ...view, evaluated: true, blocked: event.data.reasons };
    case 'EvaluationCompleted':
      return event.data.jobVersion < view.version ? view : { ...view, evaluated: true, blocked: null };
    case 'AllocationPlaced':
      return filled(view, event.data);
    default:
      return reported(view, event);
  }
}

function specified(view: WorkView, event: FactOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'>): WorkView {
  const { revision } = event;
  const { evaluationId, specification } = event.data;
  const goesOn = view.finished === null || ('completed' in event.data && event.data.completed !== undefined);
  const keeps = event.type === 'JobUpdated' && view.job === 'begun' && goesOn;
  const groups = Object.fromEntries(
    specification.task_groups.map((group) => [
      group.name,
      groupOf(group, specification.constraints, revision, keeps ? view.groups[group.name] : undefined),
    ]),
  );
  return {
    job: 'begun',
    version: revision,
    asked: evaluationId,
    finished: null,
    evaluated: keeps && view.evaluated,
    blocked: null,
    groups,
  };
}

function groupOf(
  group: JobSpecification['task_groups'][number],
  constraints: JobSpecification['constraints'],
  revision: number,
  former: WorkGroup | undefined,
): WorkGroup {
  const identity = groupIdentity(group, constraints);
  const kept = former?.identity === identity ? former : undefined;
  const slots = Array.from({ length: group.count ?? 1 }, (_, slot) => kept?.slots[slot] ?? null);
  return { identity, since: kept?.since ?? revision, slots };
}

function filled(view: WorkView, data: FactOf<'AllocationPlaced'>['data']): WorkView {
  const group =
    view.groups[data.group] ??
    (view.job === 'none' ? { identity: null, since: 0, slots: [null] } : undefined);
  const former = group?.slots[data.slot];
  if (group === undefined || former === undefined || data.jobVersion < group.since) return view;
  return {
    ...withSlot(view, data.group, group, data.slot, placed(data, former)),
    evaluated: true,
    blocked: unblocked(view.blocked, data.group),
  };
}

function unblocked(blocked: BlockedReasons | null, group: string): BlockedReasons | null {
  if (blocked?.[group] === undefined) return blocked;
  const { [group]: _placed, ...others } = blocked;
  return Object.keys(others).length === 0 ? null : others;
}

function reported(
  view: WorkView,
  event: Exclude<FoldedFact, { type: 'AllocationPlaced' | `Job${string}` | `Evaluation${string}` }>,
): WorkView {
  const { allocationId, group: name, slot: number } = event.data;
  const group = view.groups[name];
  const held = group?.slots[number];
  if (group === undefined || held?.allocationId !== allocationId) return view;
  const next = evolveSlot(held, event);
  return next === held ? view : withSlot(view, name, group, number, next);
}

function withSlot(view: WorkView, name: string, group: WorkGroup, number: number, slot: WorkSlot): WorkView {
  return { ...view, groups: { ...view.groups, [name]: { ...group, slots: group.slots.with(number, slot) } } };
}
