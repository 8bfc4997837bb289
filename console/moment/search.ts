import { read } from '../api/client.js';

interface Change {
  readonly position: string;
  readonly failed: boolean;
}

/** The changes of one object, or of everything that the account may see, page by page. */
export interface Changes {
  /** Returns changes oldest first, and the position to continue from, which equals the requested one at the end of the log. */
  after(position: string): Promise<{ readonly changes: readonly Change[]; readonly position: string }>;
  /** Returns changes newest first. `next` is the position to continue from, or null if there are no older changes. */
  upTo(position: string): Promise<{ readonly changes: readonly Change[]; readonly next: string | null }>;
}

/** Maximum number of pages to search. Each page examines at most 20,000 events and has at most 1,000 changes. */
const MOST_PAGES = 50;
const PAGE = 1000;

export type Found =
  | { readonly position: string }
  /** If `complete` is false, the search reached its limit and there may be a match farther away. */
  | { readonly position: undefined; readonly complete: boolean };

export interface Moment {
  /** Undefined means now. */
  readonly at: string | undefined;
  /** The latest known position. */
  readonly head: string | undefined;
}

/** Finds the nearest change before or after a moment that `wanted` accepts. Default: the nearest failure. */
export async function nextTo(
  direction: 'previous' | 'next',
  moment: Moment,
  changes: Changes,
  wanted: (change: Change) => boolean = ({ failed }) => failed,
): Promise<Found> {
  let at = moment.at ?? moment.head ?? '0';
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: { readonly changes: readonly Change[]; readonly next: string | null } =
      direction === 'previous' ? await changes.upTo(at) : await onward(changes, at);
    const found = page.changes.find((change) => change.position !== moment.at && wanted(change));
    if (found !== undefined) return { position: found.position };
    if (page.next === null) return { position: undefined, complete: true };
    at = page.next;
  }
  return { position: undefined, complete: false };
}

async function onward(
  changes: Changes,
  after: string,
): Promise<{ readonly changes: readonly Change[]; readonly next: string | null }> {
  const page = await changes.after(after);
  return { changes: page.changes, next: page.position === after ? null : page.position };
}

export function changesOf(subject: string | undefined): Changes {
  const get = async <Body>(path: string, bound: Readonly<Record<string, string>>): Promise<Body> => {
    const query = new URLSearchParams({ ...bound, limit: String(PAGE) });
    if (subject !== undefined) query.set('of', subject);
    return (await read<Body>(`${path}?${query.toString()}`, undefined)).body;
  };
  return {
    after: async (position) => await get('/console/api/changes/page', { from: position }),
    upTo: async (position) => await get('/console/api/events', { to: position }),
  };
}
