import type { ReadAllOptions, ReadStreamOptions, RecordedEvent } from '#domain/ports/event-store.js';
import { SOFT_DELETED, type StreamState } from './append-rule.js';
import type { Scan } from './log-source.js';

/** Most events of one page of a read. */
export const PAGE = 1000;

/** The revisions of a stream that a read serves, in the order in which it serves them; `undefined` for none. */
export interface RevisionRange {
  readonly first: number;
  readonly last: number;
  readonly step: 1 | -1;
}

export function revisionRange(state: StreamState, options: ReadStreamOptions): RevisionRange | undefined {
  const limit = options.limit ?? Number.MAX_SAFE_INTEGER;
  if (state.truncateBefore === SOFT_DELETED || limit <= 0) return undefined;
  const lowest = state.truncateBefore;
  if (options.direction === 'backwards') {
    const first = Math.min(options.from ?? state.head, state.head);
    const last = Math.max(lowest, first - limit + 1);
    return first < last ? undefined : { first, last, step: -1 };
  }
  const first = Math.max(options.from ?? 0, lowest);
  const last = Math.min(state.head, first + limit - 1);
  return first > last ? undefined : { first, last, step: 1 };
}

/** Walks the whole log in pages. `scan` is one step from an exclusive bound. */
export async function* walk(
  scan: (from: number, limit: number) => Scan,
  breathe: () => Promise<void>,
  options: ReadAllOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let left = options.limit ?? Number.MAX_SAFE_INTEGER;
  let from = options.from === undefined ? (options.direction === 'backwards' ? Number.MAX_SAFE_INTEGER : 0) : Number(options.from);
  while (left > 0) {
    const { events, through, more } = scan(from, Math.min(PAGE, left));
    if (events.length > 0) yield events;
    left -= events.length;
    from = through;
    if (!more) return;
    await breathe();
  }
}
