import type { Decider } from '../../kernel/event/index.js';
import type { AttemptEvent } from './events.js';

export interface AttemptCommand {
  readonly attempt: AttemptEvent;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Times of the events of the last minute, in milliseconds since the epoch, by type and address. */
export type AttemptState = Readonly<Record<string, number>>;

const INTERVAL_MS = 60_000;

/** Records attempts at most once a minute per type and address. The caller keeps the count of those that are not recorded yet. */
export const attemptDecider: Decider<AttemptCommand, AttemptEvent, AttemptState> = {
  initialState: {},
  decide: ({ attempt, now }, state) => (isRecent(state[keyOf(attempt)], now) ? [] : [attempt]),
  evolve: (state, event) => {
    const { at } = event.metadata;
    const recent = Object.entries(state).filter(([, before]) => isRecent(before, at));
    return { ...Object.fromEntries(recent), [keyOf(event)]: at };
  },
};

function keyOf({ type, data }: AttemptEvent): string {
  return `${type} ${data.address ?? ''}`;
}

/** A time in the future is not recent, so that a clock that went back does not suppress events. */
function isRecent(before: number | undefined, now: number): boolean {
  return before !== undefined && before <= now && now - before < INTERVAL_MS;
}
