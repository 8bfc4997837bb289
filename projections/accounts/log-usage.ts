import { isSelfRegistered } from '#domain/accounts/user/execution.js';
import { userEvents } from '#domain/accounts/user/events.js';
import type { Role } from '#domain/accounts/user/role.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import {
  isOneOf,
  only,
  type AnyEvent,
  type EventTable,
  type Recorded,
  type RecordedOf,
} from '#domain/kernel/event/index.js';
import { projection, type Projection } from '#domain/kernel/projection.js';

export const LOG_USAGE = 'logUsage';

const DAY_MS = 86_400_000;
const ACCOUNT = 'user:';
const OF_JOBS = /^(Job|Allocation|Task|Evaluation|QuotaExceeded|VolumeTaken|VolumeLeft)/;

/**
 * `logUsage`: bytes of the events of one account on their latest active day (UTC). id = user id for what the account wrote or requested, otherwise
 * `<category>:<id>` of the job or other work for which agents, the scheduler and Muster's own loops write. Outlives clears, as the log does.
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

/** Of the fleet's events, only those about jobs can belong to accounts, and of the events of operators, none. */
function countedEvents(streams: Catalog['streams']): EventTable {
  return Object.fromEntries(
    streams.flatMap(({ owner, events }) =>
      Object.entries(events).filter(([type]) =>
        owner === 'fleet' ? OF_JOBS.test(type) : owner !== 'cluster',
      ),
    ),
  );
}

/** Counts every event in the streams of an account's work, including those of agents and the scheduler, and the events of its own commands. */
export function logUsage({ streams }: Pick<Catalog, 'streams'>): Projection {
  const workOf = workAmong(streams);
  return projection<LogUsageDocument, EventTable>({
    name: LOG_USAGE,
    version: 2,
    outlivesClear: true,
    events: countedEvents(streams),
    indexes: {
      tenant: ({ tenantId, day }) => usageKey(tenantId, day),
      account: ({ userId, day }) => usageKey(userId, day),
      day: ({ day }) => usageDay(day),
    },
    begins: (event) => event.type === 'UserRegistered' || beginsWork(event) !== undefined,
    touches: (event) => {
      const counted = countedFor(event, workOf);
      const ids = counted === undefined ? [] : [counted];
      const work = beginsWork(event) === undefined ? undefined : workOf(event);
      if (work !== undefined && work !== counted) ids.push(work);
      const account = isOneOf(ACCOUNT_CHANGES, event) ? event.data.userId : undefined;
      return account === undefined || account === counted ? ids : [...ids, account];
    },
    evolve: (former, event, id) => {
      const usage = former ?? begun(event, id, workOf);
      if (usage === undefined) return undefined;
      const isChange = isOneOf(ACCOUNT_CHANGES, event) && event.data.userId === id;
      const changed = isChange ? changedAccount(usage, event) : usage;
      if (countedFor(event, workOf) !== id) return changed;
      // A clock that was set back does not start a new day.
      const day = Math.max(usage.day, dayOf(event.metadata.at));
      return { ...changed, day, bytes: (day === usage.day ? usage.bytes : 0) + (event.bytes ?? 0) };
    },
  });
}

const ACCOUNT_CHANGES = only(
  userEvents,
  'UserRegistered',
  'UserRoleChanged',
  'ExecutionGranted',
  'ExecutionRevoked',
);

function changedAccount(
  usage: LogUsageDocument,
  { type, data }: RecordedOf<typeof ACCOUNT_CHANGES>,
): LogUsageDocument {
  const role = type === 'UserRegistered' || type === 'UserRoleChanged' ? data.role : (usage.role ?? 'user');
  const execute =
    type === 'UserRegistered'
      ? data.execute === true
      : type === 'UserRoleChanged'
        ? usage.execute === true
        : type === 'ExecutionGranted';
  return { ...usage, role, execute, selfRegistered: isSelfRegistered({ role, execute }) };
}

function begun(event: Recorded<AnyEvent>, id: string, workOf: WorkOf): LogUsageDocument | undefined {
  if (isOneOf(ACCOUNT_CHANGES, event) && event.type === 'UserRegistered' && event.data.userId === id)
    return { userId: id, tenantId: event.data.tenantId, day: 0, bytes: 0 };
  const holder = workOf(event) === id ? beginsWork(event) : undefined;
  return holder && { ...holder, day: 0, bytes: 0 };
}

/** The fields that tell whose work an event concerns. They have the same meaning in the events of all features. */
interface Concerned {
  readonly owner?: { readonly principal: string; readonly tenant?: string };
  readonly createdBy?: string;
  readonly tenantId?: string;
  readonly jobId?: string;
  readonly [id: `${string}Id`]: unknown;
}

function fieldsOf({ data }: Recorded<AnyEvent>): Concerned {
  return data as Concerned;
}

/** Returns whose work begins with this event. */
function beginsWork(event: Recorded<AnyEvent>): Pick<LogUsageDocument, 'userId' | 'tenantId'> | undefined {
  const fields = fieldsOf(event);
  if (fields.owner !== undefined)
    return { userId: fields.owner.principal, tenantId: fields.owner.tenant ?? '' };
  if (fields.createdBy === undefined || fields.tenantId === undefined) return undefined;
  return { userId: fields.createdBy, tenantId: fields.tenantId };
}

/** Returns the document to whose bytes the event is added. */
function countedFor(event: Recorded<AnyEvent>, workOf: WorkOf): string | undefined {
  const { owner } = fieldsOf(event);
  if (owner !== undefined) return owner.principal;
  const { actor } = event.metadata;
  if (actor?.startsWith(ACCOUNT) === true) return actor.slice(ACCOUNT.length);
  const { userId } = fieldsOf(event);
  return workOf(event) ?? (typeof userId === 'string' ? userId : undefined);
}

/** Returns the document of the work that an event is about. */
type WorkOf = (event: Recorded<AnyEvent>) => string | undefined;

/** A job that belongs to other work is counted there, so that there are not more documents than, for example, tasks. */
function workAmong(streams: Catalog['streams']): WorkOf {
  const works = streams.flatMap(({ category, jobs, counted }) =>
    counted === undefined
      ? []
      : [{ prefix: `${category}:`, field: `${category}Id` as const, jobs, ...counted }],
  );
  const workOfJob = (jobId: string): string => {
    for (const { prefix, jobs, ofJob } of works)
      if (jobs !== undefined && ofJob !== undefined && jobId.startsWith(jobs)) return prefix + ofJob(jobId);
    return `job:${jobId}`;
  };
  return (event) => {
    const fields = fieldsOf(event);
    if (fields.jobId !== undefined) return workOfJob(fields.jobId);
    const named = works.find(({ field }) => fields[field] !== undefined);
    return named && named.prefix + String(fields[named.field]);
  };
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
