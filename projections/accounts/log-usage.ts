import { typesOwnedBy, type RecordedMusterEvent } from '#domain/event-types/index.js';
import { isSelfRegistered } from '#domain/accounts/user/execution.js';
import type { Role } from '#domain/accounts/user/index.js';
import { SERVICE_JOBS } from '#domain/services/service/index.js';
import { TASK_JOBS } from '#domain/tasks/task/index.js';
import { projection } from '../projection.js';

const DAY_MS = 86_400_000;
const ACCOUNT = 'user:';
const OF_JOBS = /^(Job|Allocation|Task|Evaluation|QuotaExceeded|VolumeTaken|VolumeLeft)/;

/**
 * `logUsage`: bytes of the events of one account on their latest active day (UTC). id = user id for what the account wrote or requested, otherwise the
 * task, service, environment or job in whose streams agents, the scheduler and Muster's own loops write for it. Outlives clears, as the log does.
 * Indexes: `tenant` and `account` (with the day, see {@link usageKey}), and `day`.
 */
export interface LogUsageDocument {
  readonly userId: string;
  readonly tenantId: string;
  /** Midnight, in milliseconds since 1970, or 0 if nothing was appended yet. */
  readonly day: number;
  readonly bytes: number;
  readonly role?: Role;
  readonly execute?: boolean;
  /** Only in an account's own document. */
  readonly selfRegistered?: boolean;
}

/** Returns the bytes on the day of `now` (milliseconds since 1970). */
export function bytesOn({ day, bytes }: Pick<LogUsageDocument, 'day' | 'bytes'>, now: number): number {
  return day === dayOf(now) ? bytes : 0;
}

export function untilNextDay(now: number): number {
  return dayOf(now) + DAY_MS - now;
}

/** Key of the indexes `tenant` and `account` for the day of `now`. */
export function usageKey(id: string, now: number): string {
  return `${dayOf(now)} ${id}`;
}

/** Value of the index `day`. */
export function usageDay(now: number): string {
  return String(dayOf(now));
}

/** Counts every event in the streams of an account's work, including those of agents and the scheduler, and the events of its own commands. */
export const logUsage = projection<LogUsageDocument>({
  name: 'logUsage',
  version: 2,
  outlivesClear: true,
  events: [
    ...typesOwnedBy('accounts', 'tasks', 'conda', 'services', 'gpu'),
    ...typesOwnedBy('fleet').filter((type) => OF_JOBS.test(type)),
  ],
  indexes: {
    tenant: ({ tenantId, day }) => usageKey(tenantId, day),
    account: ({ userId, day }) => usageKey(userId, day),
    day: ({ day }) => usageDay(day),
  },
  begins: (event) => event.type === 'UserRegistered' || beginsWork(event) !== undefined,
  touches: (event) => {
    const counted = countedFor(event);
    const ids = counted === undefined ? [] : [counted];
    const work = beginsWork(event) === undefined ? undefined : workOf(event);
    if (work !== undefined && work !== counted) ids.push(work);
    const account = isAccountChange(event) ? event.data.userId : undefined;
    return account === undefined || account === counted ? ids : [...ids, account];
  },
  evolve: (former, event, id) => {
    const usage = former ?? begun(event, id);
    if (usage === undefined) return undefined;
    const changed = isAccountChange(event) && event.data.userId === id ? changedAccount(usage, event) : usage;
    if (countedFor(event) !== id) return changed;
    // A clock that was set back does not start a new day.
    const day = Math.max(usage.day, dayOf(event.metadata.at));
    return { ...changed, day, bytes: (day === usage.day ? usage.bytes : 0) + (event.bytes ?? 0) };
  },
});

type AccountChange = Extract<
  RecordedMusterEvent,
  { type: 'UserRegistered' | 'UserRoleChanged' | 'ExecutionGranted' | 'ExecutionRevoked' }
>;

function isAccountChange(event: RecordedMusterEvent): event is AccountChange {
  return (
    event.type === 'UserRegistered' ||
    event.type === 'UserRoleChanged' ||
    event.type === 'ExecutionGranted' ||
    event.type === 'ExecutionRevoked'
  );
}

function changedAccount(usage: LogUsageDocument, { type, data }: AccountChange): LogUsageDocument {
  const role = type === 'UserRegistered' || type === 'UserRoleChanged' ? data.role : (usage.role ?? 'user');
  const execute =
    type === 'UserRegistered'
      ? data.execute === true
      : type === 'UserRoleChanged'
        ? usage.execute === true
        : type === 'ExecutionGranted';
  return { ...usage, role, execute, selfRegistered: isSelfRegistered({ role, execute }) };
}

function begun(event: RecordedMusterEvent, id: string): LogUsageDocument | undefined {
  if (event.type === 'UserRegistered' && event.data.userId === id)
    return { userId: id, tenantId: event.data.tenantId, day: 0, bytes: 0 };
  const holder = workOf(event) === id ? beginsWork(event) : undefined;
  return holder && { ...holder, day: 0, bytes: 0 };
}

/** Returns whose work begins with this event. */
function beginsWork({
  data,
}: RecordedMusterEvent): Pick<LogUsageDocument, 'userId' | 'tenantId'> | undefined {
  if ('owner' in data && data.owner !== undefined)
    return { userId: data.owner.principal, tenantId: data.owner.tenant ?? '' };
  if ('createdBy' in data && 'tenantId' in data && data.tenantId !== undefined)
    return { userId: data.createdBy, tenantId: data.tenantId };
  return undefined;
}

/** Returns the document to whose bytes the event is added. */
function countedFor(event: RecordedMusterEvent): string | undefined {
  const { data, metadata } = event;
  if ('owner' in data && data.owner !== undefined) return data.owner.principal;
  const { actor } = metadata;
  if (actor?.startsWith(ACCOUNT) === true) return actor.slice(ACCOUNT.length);
  return workOf(event) ?? ('userId' in data && typeof data.userId === 'string' ? data.userId : undefined);
}

function workOf({ data }: RecordedMusterEvent): string | undefined {
  if ('jobId' in data) return workOfJob(data.jobId);
  if ('taskId' in data) return `task:${data.taskId}`;
  if ('serviceId' in data) return `service:${data.serviceId}`;
  return 'environmentId' in data ? `environment:${data.environmentId}` : undefined;
}

/** All runs and notifications of a task are counted in one document, so that there are not more documents than tasks. */
function workOfJob(jobId: string): string {
  if (jobId.startsWith(TASK_JOBS))
    return `task:${jobId.slice(TASK_JOBS.length, jobId.indexOf('.', TASK_JOBS.length))}`;
  if (jobId.startsWith(SERVICE_JOBS)) return `service:${jobId.slice(SERVICE_JOBS.length)}`;
  return `job:${jobId}`;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
