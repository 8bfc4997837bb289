import type { Change } from '../../api/types.js';

export interface Followed {
  /** The events start after this position. Earlier events must be requested. */
  readonly after: string;
  /** Newest first. */
  readonly events: readonly Change[];
  /** Number of events received since the page was opened. */
  readonly seen: number;
}

/** Beyond this limit, events are discarded and requested again, so that memory use does not grow while a page stays open. */
const MAX_EVENTS = 2000;

/** Adds received events, which are ordered oldest first. */
export function followedBy({ after, events, seen }: Followed, received: readonly Change[]): Followed {
  const newest = received.at(-1);
  const all = [...received.toReversed(), ...events];
  const sum = seen + received.length;
  return newest !== undefined && all.length > MAX_EVENTS
    ? { after: newest.position, events: [], seen: sum }
    : { after, events: all, seen: sum };
}
