import {
  isEnded,
  isFinalRelease,
  isStatusEvent,
  STATUS_OF_REPORT,
  STATUS_REPORTS,
} from '#domain/allocations/allocation.js';
import { dueValue } from '#domain/work/due.js';
import { groupIdentity } from '#domain/jobs/job/group-identity.js';
import { staysInPlace } from '#domain/jobs/job/in-place.js';
import { groupNamed, type JobSpecification, type Task } from '#domain/jobs/job/specification.js';
import { jobStatus, type JobStatus } from '#domain/jobs/job/status.js';
import type { AllocationStatusWord } from '#domain/jobs/job/allocation-status.js';
import { EVALUATION_EVENTS, evaluationsAfter, type JobEvaluation } from './evaluations.js';
import { projection, type ListIndex } from '#domain/kernel/projection.js';
import { isOneOf, only, type RecordedOf } from '#domain/kernel/event/index.js';
import { planEvents, type BlockedReasons } from '#domain/scheduling/plan-log/events.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { jobEvents, type JobOwner } from '#domain/jobs/job/events.js';

export interface SlotDocument {
  readonly allocationId: string;
  readonly status: AllocationStatusWord;
  readonly final: boolean;
  /** It runs other work than the job wants: `work` is its identity (`groupIdentity`). */
  readonly outdated?: true;
  readonly work?: string;
  /** When the slot will be filled again after a failure or loss, in milliseconds since the epoch. */
  readonly retryAt?: number;
}

/**
 * `jobs`, id = job id. Indexes: `status`, `owner` (the surface; none for the cluster surface), `ended` (time of the end, sortable), `evaluation[]`
 * (ids of its evaluations).
 */
export interface JobDocument {
  readonly jobId: string;
  /** Revision of its submission in `job-<id>`. */
  readonly first: number;
  readonly version: number;
  readonly specification: JobSpecification;
  readonly used?: true | undefined;
  readonly known?: number | undefined;
  readonly former: readonly FormerVersion[];
  readonly owner?: JobOwner | undefined;
  readonly status: JobStatus;
  readonly stopped: boolean;
  readonly since: Readonly<Record<string, number>>;
  readonly slots: Readonly<Record<string, readonly (SlotDocument | null)[]>>;
  readonly blocked: {
    readonly evaluationId: string;
    readonly reasons: BlockedReasons;
    readonly since: number;
  } | null;
  readonly evaluationId: string;
  readonly evaluations: readonly JobEvaluation[];
  /** Set once the plan log has finished this version. `at` is in milliseconds since the epoch. */
  readonly finished: {
    readonly version: number;
    readonly outcome: 'complete' | 'failed' | 'stopped' | 'deleted';
    readonly at: number;
  } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A version whose tasks differ from the next one's. It also represents the earlier versions with the same tasks. */
export interface FormerVersion {
  readonly version: number;
  /** Contains only the groups whose tasks differ from those of the next version. */
  readonly tasks: Readonly<Record<string, readonly Task[]>>;
  readonly used?: true;
}

export const EVALUATION_INDEX: ListIndex = 'evaluation[]';

type Slots = JobDocument['slots'];

/** Limits for previous versions: their number (one per retained allocation of a slot), and their total size as JSON in characters. */
const FORMER_VERSIONS = 10;
const FORMER_CHARACTERS = 512 * 1024;

const EVENTS = {
  ...EVALUATION_EVENTS,
  ...only(jobEvents, 'JobDeleted', 'JobArchived'),
  ...only(planEvents, 'AllocationReleased', 'JobFinished'),
  ...only(nodeEvents, ...STATUS_REPORTS),
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** A deleted or archived job is removed immediately. If it is submitted again, it gets a new document. */
export const jobs = projection<JobDocument, typeof EVENTS>({
  name: 'jobs',
  share: 'jobs',
  version: 12,
  events: EVENTS,
  indexes: { status: (job) => job.status, owner: (job) => job.owner?.surface, ended: endedValue },
  listIndexes: { [EVALUATION_INDEX]: (job) => job.evaluations.map(({ id }) => id) },
  touches: ({ data }) => [data.jobId],
  evolve: (job, event) => {
    if (event.type === 'JobDeleted' || event.type === 'JobArchived') return undefined;
    if (event.type === 'JobSubmitted') return submitted(event);
    if (job === undefined) return undefined;
    const changes = changed(job, event);
    const kept = formerVersionsAfter(job, event);
    const evaluations = isOneOf(EVALUATION_EVENTS, event)
      ? evaluationsAfter(job.evaluations, job.first, event)
      : job.evaluations;
    if (changes === undefined && kept === undefined && evaluations === job.evaluations) return job;
    // Copies the document and then assigns fields, because this fold is the most frequent one.
    const next = copyOf(job);
    next.evaluations = evaluations;
    if (kept !== undefined) Object.assign(next, kept);
    if (changes === undefined) return next;
    Object.assign(next, changes);
    next.status = statusOf(next);
    next.updatedAt = event.metadata.at;
    return next;
  },
});

export function endedAt({ finished, version }: JobDocument): number | undefined {
  const at = finished?.at;
  return finished?.version === version ? at : undefined;
}

/** Returns a group's tasks in a version: from `since` on, the current version's tasks. Empty if they are no longer known. */
export function tasksOfVersion(
  {
    specification,
    since,
    first,
    known = first,
    former,
  }: Pick<JobDocument, 'specification' | 'since' | 'first' | 'known' | 'former'>,
  version: number,
  group: string,
): readonly Task[] {
  const present = groupNamed(specification.task_groups, group)?.tasks ?? [];
  if (version >= (since[group] ?? Infinity)) return present;
  if (version < known) return [];
  return (
    former.find((each) => each.version >= version && Object.hasOwn(each.tasks, group))?.tasks[group] ??
    present
  );
}

/** Padded, so that values sort in order of time. */
function endedValue(job: JobDocument): string | undefined {
  const at = endedAt(job);
  return at === undefined ? undefined : dueValue(at);
}

type Draft = { -readonly [Key in keyof JobDocument]: JobDocument[Key] };

/** Lists each key in stored order. Spreading jobs of many shapes takes several times as long. */
function copyOf(job: JobDocument): { [Key in keyof Required<Draft>]: Draft[Key] } {
  return {
    jobId: job.jobId,
    first: job.first,
    version: job.version,
    specification: job.specification,
    former: job.former,
    owner: job.owner,
    status: job.status,
    stopped: job.stopped,
    slots: job.slots,
    since: job.since,
    blocked: job.blocked,
    evaluationId: job.evaluationId,
    evaluations: job.evaluations,
    finished: job.finished,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    known: job.known,
    used: job.used,
  };
}

function statusOf({ stopped, finished, blocked, slots, version }: JobDocument): JobDocument['status'] {
  const outcome = finished?.version === version ? finished.outcome : null;
  return jobStatus({ stopped, outcome, blocked: blocked !== null, slots: Object.values(slots) });
}

function submitted(event: EventOf<'JobSubmitted'>): JobDocument {
  const { jobId, specification, owner, evaluationId } = event.data;
  const { slots, since } = fresh(specification, event.revision);
  return {
    jobId,
    first: event.revision,
    version: event.revision,
    specification,
    former: [],
    owner,
    status: 'pending',
    stopped: false,
    slots,
    since,
    blocked: null,
    evaluationId,
    evaluations: evaluationsAfter([], event.revision, event),
    finished: null,
    createdAt: event.metadata.at,
    updatedAt: event.metadata.at,
    used: undefined,
  };
}

type Changes = Partial<JobDocument> | undefined;

function changed(job: JobDocument, event: Event): Changes {
  switch (event.type) {
    case 'JobUpdated':
    case 'JobRestarted':
      return respecified(job, event);
    case 'JobStopped':
      return { stopped: true, blocked: null, evaluationId: event.data.evaluationId };
    case 'AllocationPlaced':
      return placed(job, event);
    case 'AllocationReleased':
      return released(job, event);
    case 'EvaluationBlocked': {
      if (event.data.jobVersion !== job.version || job.stopped) return undefined;
      const { evaluationId, reasons } = event.data;
      return { blocked: { evaluationId, reasons, since: job.blocked?.since ?? event.metadata.at } };
    }
    case 'EvaluationCompleted':
      return job.blocked === null || event.data.jobVersion !== job.version ? undefined : { blocked: null };
    case 'JobFinished':
      return event.data.jobVersion === job.version
        ? {
            blocked: null,
            finished: { version: event.data.jobVersion, outcome: event.data.outcome, at: event.metadata.at },
          }
        : undefined;
    default:
      return isStatusEvent(event) ? reported(job, event.data, STATUS_OF_REPORT[event.type]) : undefined;
  }
}

/** Applies a new specification. Unchanged and rolled-out groups keep their occupied slots. */
function respecified(job: JobDocument, event: EventOf<'JobUpdated' | 'JobRestarted'>): Changes {
  const { specification, evaluationId } = event.data;
  const ended = job.stopped || job.finished?.version === job.version;
  const { slots, since } = fresh(specification, event.revision);
  if (event.type === 'JobUpdated' && (!ended || event.data.completed !== undefined)) {
    for (const [group, empty] of Object.entries(slots)) {
      const former = empty.map((_, slot) => job.slots[group]?.[slot] ?? null);
      if (!staysInPlace(group, job.specification, specification, event.data.fulfilled)) {
        slots[group] = rolledOver(group, job.specification, specification, former);
        continue;
      }
      slots[group] = former;
      since[group] = job.since[group] ?? event.revision;
    }
  }
  const changes = {
    version: event.revision,
    specification,
    stopped: false,
    blocked: null,
    finished: null,
    evaluationId,
    slots,
    since,
  };
  const tasks = otherTasks(job.specification, specification);
  if (Object.keys(tasks).length === 0) return changes;
  const before = { version: job.version, tasks, ...(job.used && { used: true as const }) };
  return { ...changes, used: undefined, ...newest([...job.former, before]) };
}

/** Returns the slots of a group whose work changes. A rollout keeps instances of other work until it reaches them, and those of the new work for good. */
function rolledOver(
  name: string,
  before: JobSpecification,
  after: JobSpecification,
  slots: readonly (SlotDocument | null)[],
): (SlotDocument | null)[] {
  const [old, young] = [groupNamed(before.task_groups, name), groupNamed(after.task_groups, name)];
  if (old === undefined || young?.update === undefined) return slots.map(() => null);
  const wanted = groupIdentity(young, after.constraints);
  const former = groupIdentity(old, before.constraints);
  return slots.map((slot) => {
    if (slot === null || isEnded(slot.status)) return null;
    const { outdated: _, work = former, ...instance } = slot;
    return work === wanted ? instance : { ...instance, outdated: true, work };
  });
}

function otherTasks(before: JobSpecification, after: JobSpecification): FormerVersion['tasks'] {
  const others = before.task_groups.filter(
    ({ name, tasks }) => JSON.stringify(tasks) !== JSON.stringify(groupNamed(after.task_groups, name)?.tasks),
  );
  return Object.fromEntries(others.map(({ name, tasks }) => [name, tasks]));
}

function formerVersionsAfter(
  job: JobDocument,
  event: Event,
): Partial<Pick<JobDocument, 'used' | 'known' | 'former'>> | undefined {
  switch (event.type) {
    case 'AllocationPlaced': {
      const { jobVersion } = event.data;
      if (jobVersion < (job.known ?? job.first)) return undefined;
      const index = job.former.findIndex(({ version }) => version >= jobVersion);
      if (index < 0) return job.used ? undefined : { used: true };
      return job.former[index]!.used
        ? undefined
        : { former: job.former.with(index, { ...job.former[index]!, used: true }) };
    }
    case 'EvaluationBlocked':
    case 'EvaluationCompleted':
      return without(job, ({ version, used }) => used !== true && version < event.data.jobVersion);
    default:
      return undefined;
  }
}

function without(
  { known, former }: JobDocument,
  goes: (version: FormerVersion) => boolean,
): Pick<JobDocument, 'known' | 'former'> | undefined {
  if (!former.some(goes)) return undefined;
  const left: { known?: number | undefined; readonly former: FormerVersion[] } = { known, former: [] };
  for (const each of former) {
    const before = left.former.at(-1);
    if (!goes(each)) left.former.push(each);
    else if (before === undefined) left.known = each.version + 1;
    else left.former[left.former.length - 1] = { ...before, tasks: { ...each.tasks, ...before.tasks } };
  }
  return left;
}

function newest(versions: readonly FormerVersion[]): Pick<JobDocument, 'known' | 'former'> {
  let characters = 0;
  const tooLarge = versions.findLastIndex(
    ({ tasks }) => (characters += JSON.stringify(tasks).length) > FORMER_CHARACTERS,
  );
  const first = Math.max(tooLarge + 1, versions.length - FORMER_VERSIONS, 0);
  return { ...(first > 0 && { known: versions[first - 1]!.version + 1 }), former: versions.slice(first) };
}

function fresh(
  specification: JobSpecification,
  version: number,
): { slots: Record<string, (SlotDocument | null)[]>; since: Record<string, number> } {
  const groups = specification.task_groups;
  return {
    slots: Object.fromEntries(
      groups.map((group) => [group.name, new Array<SlotDocument | null>(group.count ?? 1).fill(null)]),
    ),
    since: Object.fromEntries(groups.map((group) => [group.name, version])),
  };
}

function placed(job: JobDocument, event: EventOf<'AllocationPlaced'>): Changes {
  const { allocationId, group, slot, jobVersion } = event.data;
  const since = job.since[group];
  if (since === undefined || jobVersion < since || job.slots[group]?.[slot] === undefined) return undefined;
  return { slots: filled(job.slots, group, slot, { allocationId, status: 'pending', final: false }) };
}

interface Report {
  readonly allocationId: string;
  readonly group: string;
  readonly slot: number;
}

function reported(job: JobDocument, report: Report, status: AllocationStatusWord): Changes {
  const held = job.slots[report.group]?.[report.slot];
  if (held?.allocationId !== report.allocationId || held.status === status || isEnded(held.status))
    return undefined;
  return { slots: filled(job.slots, report.group, report.slot, { ...held, status }) };
}

function released(job: JobDocument, event: EventOf<'AllocationReleased'>): Changes {
  const { allocationId, group, slot, outcome, retryAt } = event.data;
  const held = job.slots[group]?.[slot];
  if (held?.allocationId !== allocationId || held.final) return undefined;
  const leaves = held.outdated === true;
  const final = !leaves && isFinalRelease({ outcome, retryAt });
  const pauses = !leaves && outcome !== 'complete' && retryAt !== undefined && retryAt > event.metadata.at;
  return {
    slots: filled(job.slots, group, slot, {
      allocationId,
      status: outcome,
      final,
      ...(pauses && { retryAt }),
    }),
  };
}

function filled(slots: Slots, group: string, slot: number, value: SlotDocument): Slots {
  return { ...slots, [group]: (slots[group] ?? []).with(slot, value) };
}
