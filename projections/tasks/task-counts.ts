import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { taskEvents } from '#domain/tasks/task/events.js';
import { projection } from '#domain/kernel/projection.js';

/** 15 minutes, because midnight falls on a quarter-hour of UTC in every time zone. */
export const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const QUARTERS = 96;

const RETAINED_DAYS = 8;

/**
 * `taskCounts`, id = scope and day. Index: `scope`. Number of runs per quarter-hour of a day (UTC), starting at midnight. Starts are counted when
 * they began, outcomes when the runs ended.
 */
export interface TaskCountsDocument {
  readonly scope: string;
  readonly day: number;
  readonly begun: readonly number[];
  readonly success: readonly number[];
  readonly failed: readonly number[];
  readonly timeout: readonly number[];
}

export type Counted = Exclude<keyof TaskCountsDocument, 'scope' | 'day'>;

export const ALL_TENANTS = 'all';

export function tenantScope(tenantId: string): string {
  return `tenant ${tenantId}`;
}

export function condaScope(tenantId: string): string {
  return `conda ${tenantId}`;
}

export function countsBetween(scope: string, from: number, to: number): readonly string[] {
  const ids: string[] = [];
  for (let day = dayOf(from); day < to; day += DAY_MS) ids.push(countsId(scope, day));
  return ids;
}

export function countedWithin(counts: TaskCountsDocument, kind: Counted, from: number, to: number): number {
  return counts[kind].reduce((sum, count, quarter) => {
    const at = counts.day + quarter * QUARTER_MS;
    return at >= from && at < to ? sum + count : sum;
  }, 0);
}

const EVENTS = {
  ...only(taskEvents, 'TaskSlotDecided', 'TaskChainDecided', 'TaskBackfilled', 'TaskTriggered'),
  ...only(taskEvents, 'TaskRunEnded'),
};

/** Counts per tenant and in total. */
export const taskCounts = projection<TaskCountsDocument, typeof EVENTS>({
  name: 'taskCounts',
  version: 2,
  events: EVENTS,
  indexes: { scope: ({ scope }) => scope },
  keep: { index: 'scope', newest: RETAINED_DAYS },
  touches: (event) => {
    const counted = countedBy(event);
    return counted === undefined
      ? []
      : scopesOf(counted).map((scope) => countsId(scope, dayOf(event.metadata.at)));
  },
  evolve: (counts, event, id) => {
    const counted = countedBy(event);
    if (counted === undefined) return counts;
    const { at } = event.metadata;
    const document =
      counts ??
      emptyOf(scopesOf(counted).find((scope) => countsId(scope, dayOf(at)) === id) ?? ALL_TENANTS, dayOf(at));
    const quarter = Math.floor((at - document.day) / QUARTER_MS);
    const before = document[counted.kind];
    return { ...document, [counted.kind]: before.with(quarter, (before[quarter] ?? 0) + counted.count) };
  },
});

interface Counting {
  readonly kind: Counted;
  readonly count: number;
  readonly tenantId: string | undefined;
  readonly condas?: boolean;
}

function countedBy({ type, data }: RecordedOf<typeof EVENTS>): Counting | undefined {
  switch (type) {
    case 'TaskSlotDecided':
      return data.decision === 'run'
        ? { kind: 'begun', count: 1, tenantId: data.tenantId, condas: data.pin !== undefined }
        : undefined;
    case 'TaskChainDecided':
      return data.decision === 'run' ? { kind: 'begun', count: 1, tenantId: data.tenantId } : undefined;
    case 'TaskBackfilled':
      return { kind: 'begun', count: data.slots.length, tenantId: data.tenantId };
    case 'TaskTriggered':
      return { kind: 'begun', count: 1, tenantId: data.tenantId };
    case 'TaskRunEnded':
      return { kind: data.outcome, count: 1, tenantId: data.tenantId, condas: data.execution !== undefined };
  }
}

function scopesOf({ tenantId, condas = false }: Counting): readonly string[] {
  if (condas) return tenantId === undefined ? [] : [condaScope(tenantId)];
  return tenantId === undefined ? [ALL_TENANTS] : [ALL_TENANTS, tenantScope(tenantId)];
}

function countsId(scope: string, day: number): string {
  return `${scope} ${new Date(day).toISOString().slice(0, 10)}`;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

function emptyOf(scope: string, day: number): TaskCountsDocument {
  const none = Array.from({ length: QUARTERS }, () => 0);
  return { scope, day, begun: none, success: none, failed: none, timeout: none };
}
