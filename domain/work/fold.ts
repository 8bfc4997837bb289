import { isOneOf, type AnyEvent, type Recorded } from '../kernel/event/index.js';
import { WORK_EVENTS, type FactOf, type WorkFact } from './facts.js';
import type { JobSpecification } from '../jobs/job/specification.js';
import type { BlockedReasons } from '../scheduling/plan-log/events.js';
import { groupIdentity } from '../jobs/job/group-identity.js';
import { evolveSlot, placed } from './slot.js';
import type { FormerInstance, WorkGroup, WorkSlot, WorkView } from './view.js';

/** Folds an event of the item's job. Returns the same object if nothing changed. Ignores events after the job was forgotten. */
export function evolveWork(view: WorkView, event: Recorded<AnyEvent>): WorkView {
  return view.job === 'forgotten' || !isOneOf(WORK_EVENTS, event) ? view : evolveByFact(view, event);
}

function evolveByFact(view: WorkView, event: WorkFact): WorkView {
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
      groupOf(group, event, keeps ? view.groups[group.name] : undefined),
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

/** As in the scheduler, instances stay if they run the new work, whichever version placed them. Others stay only until a rollout reaches them. */
function groupOf(
  group: JobSpecification['task_groups'][number],
  { revision, data }: FactOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'>,
  known: WorkGroup | undefined,
): WorkGroup {
  const identity = groupIdentity(group, data.specification.constraints);
  const slots = Array.from({ length: group.count ?? 1 }, (_, slot) => known?.slots[slot] ?? null);
  const isFulfilled = 'fulfilled' in data && data.fulfilled?.includes(group.name) === true;
  if (known !== undefined && (known.identity === identity || isFulfilled))
    return { ...known, identity, slots };
  const former: Record<number, FormerInstance> = {};
  const returned = slots.map((slot, number) => {
    const held = slot === null ? known?.former?.[number] : { identity: known?.identity ?? null, slot };
    if (held === undefined || held.slot.released !== null) return null;
    if (held.identity === identity) return held.slot;
    if (group.update !== undefined) former[number] = held;
    return null;
  });
  return withFormer({ identity, since: revision, slots: returned }, former);
}

function withFormer(
  { former: _, ...group }: WorkGroup,
  former: Readonly<Record<number, FormerInstance>>,
): WorkGroup {
  return Object.keys(former).length === 0 ? group : { ...group, former };
}

function withoutFormer(group: WorkGroup, number: number): WorkGroup {
  if (group.former?.[number] === undefined) return group;
  const { [number]: _left, ...former } = group.former;
  return withFormer(group, former);
}

function filled(view: WorkView, data: FactOf<'AllocationPlaced'>['data']): WorkView {
  const group =
    view.groups[data.group] ??
    (view.job === 'none' ? { identity: null, since: 0, slots: [null] } : undefined);
  const former = group?.slots[data.slot];
  if (group === undefined || former === undefined || data.jobVersion < group.since) return view;
  return {
    ...withSlot(view, data.group, withoutFormer(group, data.slot), data.slot, placed(data, former)),
    evaluated: true,
    blocked: unblocked(view.blocked, data.group),
  };
}

function unblocked(blocked: BlockedReasons | null, group: string): BlockedReasons | null {
  if (blocked?.[group] === undefined) return blocked;
  const { [group]: _placed, ...others } = blocked;
  return Object.keys(others).length === 0 ? null : others;
}

type Report = Exclude<WorkFact, { type: 'AllocationPlaced' | `Job${string}` | `Evaluation${string}` }>;

function reported(view: WorkView, event: Report): WorkView {
  const { allocationId, group: name, slot: number } = event.data;
  const group = view.groups[name];
  if (group === undefined) return view;
  const former = group.former?.[number];
  if (former?.slot.allocationId === allocationId)
    return { ...view, groups: { ...view.groups, [name]: withReport(group, number, former, event) } };
  const held = group.slots[number];
  if (held?.allocationId !== allocationId) return view;
  const next = evolveSlot(held, event);
  return next === held ? view : withSlot(view, name, group, number, next);
}

/** A replacement that has begun is not taken back. */
function withReport(
  group: WorkGroup,
  number: number,
  { identity, slot }: FormerInstance,
  event: Report,
): WorkGroup {
  const isReplaced = event.type === 'AllocationStopRequested' && event.data.reason === 'job-updated';
  if (isReplaced || event.type === 'AllocationReleased') return withoutFormer(group, number);
  return withFormer(group, { ...group.former, [number]: { identity, slot: evolveSlot(slot, event) } });
}

function withSlot(view: WorkView, name: string, group: WorkGroup, number: number, slot: WorkSlot): WorkView {
  return { ...view, groups: { ...view.groups, [name]: { ...group, slots: group.slots.with(number, slot) } } };
}
