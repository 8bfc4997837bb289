import { typesOwnedBy, type RecordedMusterEvent } from '#domain/event-types/index.js';
import { projection } from '../projection.js';

const DAY_MS = 86_400_000;
const ACCOUNT = 'user:';

/**
 * `logUsage`, id = user id. Outlives clears, as the log does. Index: `tenant`. Bytes of events that an account appended on its latest active day
 * (UTC).
 */
export interface LogUsageDocument {
  readonly userId: string;
  readonly tenantId: string;
  /** Midnight, in milliseconds since 1970, or 0 if nothing was appended yet. */
  readonly day: number;
  readonly bytes: number;
}

/** Returns the bytes on the day of `now` (milliseconds since 1970). */
export function bytesOn({ day, bytes }: Pick<LogUsageDocument, 'day' | 'bytes'>, now: number): number {
  return day === dayOf(now) ? bytes : 0;
}

export function untilNextDay(now: number): number {
  return dayOf(now) + DAY_MS - now;
}

/** Counts events of an account's own commands and of the jobs of its objects. Other events of its work are limited by other quotas. */
export const logUsage = projection<LogUsageDocument>({
  name: 'logUsage',
  version: 1,
  outlivesClear: true,
  events: [
    ...typesOwnedBy('accounts', 'tasks', 'conda', 'services', 'gpu'),
    'JobSubmitted',
    'JobUpdated',
    'JobRestarted',
  ],
  indexes: { tenant: ({ tenantId }) => tenantId },
  begins: ({ type }) => type === 'UserRegistered',
  touches: (event) => {
    const writer = writerOf(event);
    const ids = writer === undefined ? [] : [writer];
    return event.type === 'UserRegistered' && event.data.userId !== writer
      ? [...ids, event.data.userId]
      : ids;
  },
  evolve: (usage, event, id) => {
    if (event.type === 'UserRegistered' && event.data.userId === id && usage === undefined)
      return { userId: id, tenantId: event.data.tenantId, day: 0, bytes: 0 };
    if (usage === undefined || writerOf(event) !== id) return usage;
    // A clock that was set back does not start a new day.
    const day = Math.max(usage.day, dayOf(event.metadata.at));
    return { ...usage, day, bytes: (day === usage.day ? usage.bytes : 0) + (event.bytes ?? 0) };
  },
});

function writerOf({ data, metadata: { actor } }: RecordedMusterEvent): string | undefined {
  if ('owner' in data && data.owner !== undefined) return data.owner.principal;
  return actor?.startsWith(ACCOUNT) === true ? actor.slice(ACCOUNT.length) : undefined;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
