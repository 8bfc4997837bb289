import type { ReadAllOptions, ReadStreamOptions, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { exclusiveBound } from './log-bounds.js';
import { SOFT_DELETED, type StreamState } from './append-rule.js';
import type { Scan } from './log-source.js';

const FIRST_PAGE = 64;
const LARGEST_PAGE = 1024;
const PAGE_CHARACTERS = 2 * 1024 * 1024;
const EVENT_OVERHEAD = 256;

/** Chooses the number of events for the next page: small at first, then as many as fit into a couple of megabytes. */
export class PageSize {
  #events = FIRST_PAGE;

  get events(): number {
    return this.#events;
  }

  saw(page: readonly RecordedEvent[]): void {
    if (page.length === 0) return;
    let characters = 0;
    for (const event of page) characters += event.data.length + event.metadata.length + EVENT_OVERHEAD;
    const fitting = Math.floor((PAGE_CHARACTERS * page.length) / characters);
    this.#events = Math.max(1, Math.min(fitting, this.#events * 4, LARGEST_PAGE));
  }
}

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

/** Reads a range of revisions in pages. `read` returns events in ascending order, or in descending order if the step is -1. */
export async function* walkStream(
  range: RevisionRange,
  read: (low: number, high: number) => readonly RecordedEvent[],
  breathe: () => Promise<void>,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const { first, last, step } = range;
  const size = new PageSize();
  for (let from = first; ;) {
    const to = step > 0 ? Math.min(last, from + size.events - 1) : Math.max(last, from - size.events + 1);
    const page = read(Math.min(from, to), Math.max(from, to));
    if (page.length > 0) yield page;
    if (to === last) return;
    size.saw(page);
    from = to + step;
    await breathe();
  }
}

/** Reads the whole log in pages. `scan` reads one step from an exclusive bound. */
export async function* walkAll(
  scan: (from: number, limit: number) => Scan,
  breathe: () => Promise<void>,
  options: ReadAllOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const size = new PageSize();
  let left = options.limit ?? Number.MAX_SAFE_INTEGER;
  let from =
    options.from === undefined
      ? options.direction === 'backwards'
        ? Number.MAX_SAFE_INTEGER
        : 0
      : exclusiveBound(options.direction, options.from, options.inclusive);
  while (left > 0) {
    const { events, through, more } = scan(from, Math.min(size.events, left));
    if (events.length > 0) yield events;
    if (!more) return;
    size.saw(events);
    left -= events.length;
    from = through;
    await breathe();
  }
}
