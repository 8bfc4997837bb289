import { typesOwnedBy, type RecordedMusterEvent } from '#domain/event-types/index.js';
import { projection } from './projection.js';

const DAY_MS = 86_400_000;
const ACCOUNT = 'user:';

/**
 * `logUsage`, id = user id. Outlives clears, as the log does. Index: `tenant`. How many bytes of events an account has added to the log on the newest
 * day of UTC on which it added any.
 */
export interface LogUsageDocument {
  readonly userId: string;
  readonly tenantId: string;
  /** Midnight, in milliseconds since 1970; 0: it has added nothing yet. */
  readonly day: number;
  readonly bytes: number;
}

/** What the account has added on the day of a moment (milliseconds since 1970). */
export function bytesOn({ day, bytes }: Pick<LogUsageDocument, 'day' | 'bytes'>, now: number): number {
  return day === dayOf(now) ? bytes : 0;
}

/** Milliseconds until the next day begins. */
export function untilNextDay(now: number): number {
  return dayOf(now) + DAY_MS - now;
}

/** Counts the events of an account's own commands, and the jobs of what it owns. What else its work leaves in the log is bounded by the other quotas. */
export const logUsage = projection<LogUsageDocument>({
  name: 'logUsage',
  version: 1,
  outlivesClear: true,
  events: [...typesOwnedBy('accounts', 'tasks', 'conda', 'services', 'gpu'), 'JobSubmitted', 'JobUpdated', 'JobRestarted'],
  indexes: { tenant: ({ tenantId }) => tenantId },
  begins: ({ type }) => type === 'UserRegistered',
  touches: (event) => {
    const writer = writerOf(event);
    const ids = writer === undefined ? [] : [writer];
    return event.type === 'UserRegistered' && event.data.userId !== writer ? [...ids, event.data.userId] : ids;
  },
  evolve: (usage, event, id) => {
    if (event.type === 'UserRegistered' && event.data.userId === id && usage === undefined)
      return { userId: id, tenantId: event.data.tenantId, day: 0, bytes: 0 };
    if (usage === undefined || writerOf(event) !== id) return usage;
    // A clock that went back begins no day anew.
    const day = Math.max(usage.day, dayOf(event.metadata.at));
    return { ...usage, day, bytes: (day === usage.day ? usage.bytes : 0) + (event.bytes ?? 0) };
  },
});

/** The account that an event was written for; undefined: for none. */
function writerOf({ data, metadata: { actor } }: RecordedMusterEvent): string | undefined {
  if ('owner' in data && data.owner !== undefined) return data.owner.principal;
  return actor?.startsWith(ACCOUNT) === true ? actor.slice(ACCOUNT.length) : undefined;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
