import { environmentEvents } from '#domain/environments/environment/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { taskEvents } from '#domain/tasks/task/events.js';
import { projection } from '#domain/kernel/projection.js';

const DAY_MS = 86_400_000;
const RETAINED_DAYS = 31;

/**
 * `executionUsage`, id = an environment, or {@link tenantUsage} for a whole tenant. Index: `tenant` (of environments).
 * Executions are runs in environments.
 */
export interface ExecutionUsageDocument {
  readonly id: string;
  readonly tenantId: string;
  /** Number of executions started per day, oldest first. A day is given as its midnight (UTC) in milliseconds since 1970. */
  readonly days: readonly (readonly [day: number, begun: number])[];
  readonly success: number;
  readonly failed: number;
  /** Executions whose duration is known: their number, and the sum, minimum and maximum of their durations in seconds. */
  readonly timed: number;
  readonly seconds: number;
  readonly shortest: number;
  readonly longest: number;
}

export function tenantUsage(tenantId: string): string {
  return `tenant ${tenantId}`;
}

/** Returns how many executions started within `count` days, the last of which is the day of `now` (milliseconds since 1970). */
export function begunWithin(
  { days }: Pick<ExecutionUsageDocument, 'days'>,
  count: number,
  now: number,
): number {
  const from = dayOf(now) - (count - 1) * DAY_MS;
  return days.reduce((sum, [day, begun]) => (day >= from ? sum + begun : sum), 0);
}

const EVENTS = {
  ...only(taskEvents, 'TaskSlotDecided', 'TaskRunEnded'),
  ...only(environmentEvents, 'EnvironmentDeleted'),
};
type Event = RecordedOf<typeof EVENTS>;

export const executionUsage = projection<ExecutionUsageDocument, typeof EVENTS>({
  name: 'executionUsage',
  version: 1,
  events: EVENTS,
  indexes: { tenant: ({ id, tenantId }) => (id === tenantUsage(tenantId) ? undefined : tenantId) },
  touches: (event) => {
    if (event.type === 'EnvironmentDeleted') return [event.data.environmentId];
    const of = environmentIn(event);
    return of === undefined ? [] : [of.environmentId, tenantUsage(of.tenantId)];
  },
  evolve: (usage, event, id) => {
    if (event.type === 'EnvironmentDeleted') return undefined;
    const of = environmentIn(event);
    if (of === undefined) return usage;
    const known = usage ?? {
      id,
      tenantId: of.tenantId,
      days: [],
      success: 0,
      failed: 0,
      timed: 0,
      seconds: 0,
      shortest: 0,
      longest: 0,
    };
    return event.type === 'TaskSlotDecided' ? begun(known, event.metadata.at) : ended(known, event);
  },
});

function environmentIn({
  type,
  data,
}: Event): { readonly environmentId: string; readonly tenantId: string } | undefined {
  if (
    type === 'TaskSlotDecided' &&
    data.decision === 'run' &&
    data.pin !== undefined &&
    data.tenantId !== undefined
  )
    return { environmentId: data.pin.environmentId, tenantId: data.tenantId };
  if (type === 'TaskRunEnded' && data.execution !== undefined && data.tenantId !== undefined)
    return { environmentId: data.execution.environmentId, tenantId: data.tenantId };
  return undefined;
}

function begun(usage: ExecutionUsageDocument, at: number): ExecutionUsageDocument {
  const day = dayOf(at);
  const counts = new Map(usage.days);
  counts.set(day, (counts.get(day) ?? 0) + 1);
  // Sorted, because clocks can be set back.
  return { ...usage, days: [...counts].sort(([one], [other]) => one - other).slice(-RETAINED_DAYS) };
}

function ended(
  usage: ExecutionUsageDocument,
  { data }: Extract<Event, { type: 'TaskRunEnded' }>,
): ExecutionUsageDocument {
  const { startedAt, endedAt } = data.execution ?? {};
  const counted =
    data.outcome === 'success'
      ? { ...usage, success: usage.success + 1 }
      : { ...usage, failed: usage.failed + 1 };
  if (startedAt === undefined || endedAt === undefined) return counted;
  const took = Math.max(0, endedAt - startedAt);
  const { timed, seconds, shortest, longest } = usage;
  return {
    ...counted,
    timed: timed + 1,
    seconds: seconds + took,
    shortest: timed === 0 ? took : Math.min(shortest, took),
    longest: Math.max(longest, took),
  };
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
