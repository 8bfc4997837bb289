import { MusterError } from '#domain/kernel/errors/index.js';
import type {
  EventStore,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';

/** Collects the range of log positions for which reads return the same result. */
export interface ReadSpan {
  /** The result is valid from `position` up to, but not including, `next`. If `next` is undefined, the result is still valid. */
  include(position: bigint, next: bigint | undefined): void;
}

/** Returns the log as it was at a position: later events are invisible, and nothing can be written. */
export function storeAt(store: EventStore, position: bigint, span: ReadSpan): EventStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new MusterError('MUSTER_E_NOT_AS_OF', { what: 'a change' }));
  return {
    id: store.id,
    append: refuse,
    truncateBefore: refuse,
    deleteStream: refuse,
    tombstoneStream: refuse,
    head: async () => await headAt(store, position),
    readStream: (stream, options) => readStreamAt(store, stream, options, position, span),
    readAll: (options) => readAllAt(store, options, position, span),
    subscribe: () => {
      throw new MusterError('MUSTER_E_NOT_AS_OF', { what: 'a stream of new events' });
    },
    close: () => Promise.resolve(),
  };
}

async function headAt(store: EventStore, position: bigint): Promise<bigint | undefined> {
  for await (const page of store.readAll({
    direction: 'backwards',
    from: position,
    inclusive: true,
    limit: 1,
  }))
    return page[0]?.position;
  return undefined;
}

async function* readStreamAt(
  store: EventStore,
  stream: string,
  { direction = 'forwards', from, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions = {},
  position: bigint,
  span: ReadSpan,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { newest, next } = await newestAt(store, stream, position);
  const backwards = direction === 'backwards';
  if (newest === undefined || (!backwards && from !== undefined && from > newest.revision)) {
    // A later event at the start of the range would change the result.
    const first = newest === undefined || from === undefined ? next : await eventAt(store, stream, from);
    span.include(newest?.position ?? -1n, first?.position);
    return;
  }
  const start = backwards && from !== undefined && from < newest.revision ? from : undefined;
  const most = backwards ? limit : Math.min(limit, newest.revision - (from ?? 0) + 1);
  const begin = backwards ? (start ?? newest.revision) : from;
  let last: RecordedEvent | undefined;
  let left = most;
  const options = {
    direction,
    ...(begin !== undefined && { from: begin }),
    ...(Number.isFinite(most) && { limit: most }),
  };
  for await (const page of store.readStream(stream, options)) {
    const part = page.filter((event) => event.position <= position).slice(0, left);
    left -= part.length;
    last = (backwards ? (last ?? part[0]) : part.at(-1)) ?? last;
    if (part.length > 0) yield part;
    if (left <= 0 || part.length < page.length) break;
  }
  // A later event changes the result only if a backward read starts at the newest event, or a forward read reaches it below the limit.
  const grows = backwards ? start === undefined : last?.revision === newest.revision && limit > most;
  span.include(last?.position ?? -1n, grows ? next?.position : undefined);
}

/** Finds, by bisection, a stream's last event up to a position and the event after it. */
async function newestAt(
  store: EventStore,
  stream: string,
  position: bigint,
): Promise<{ readonly newest: RecordedEvent | undefined; readonly next: RecordedEvent | undefined }> {
  const newest = await firstOf(store.readStream(stream, { direction: 'backwards', limit: 1 }));
  if (newest === undefined || newest.position <= position) return { newest, next: undefined };
  let low = await firstOf(store.readStream(stream, { limit: 1 }));
  if (low === undefined || low.position > position) return { newest: undefined, next: low };
  let high = newest;
  while (high.revision - low.revision > 1) {
    const middle = await eventAt(store, stream, Math.floor((low.revision + high.revision) / 2));
    if (middle === undefined) break;
    if (middle.position <= position) low = middle;
    else high = middle;
  }
  return { newest: low, next: high };
}

async function eventAt(
  store: EventStore,
  stream: string,
  revision: number,
): Promise<RecordedEvent | undefined> {
  return await firstOf(store.readStream(stream, { from: revision, limit: 1 }));
}

async function firstOf(pages: AsyncIterable<readonly RecordedEvent[]>): Promise<RecordedEvent | undefined> {
  for await (const [event] of pages) return event;
  return undefined;
}

/** Any new event can change the result of reading the whole log, so the result is valid for one position only. */
async function* readAllAt(
  store: EventStore,
  options: ReadAllOptions = {},
  position: bigint,
  span: ReadSpan,
): AsyncGenerator<readonly RecordedEvent[]> {
  span.include(position, position + 1n);
  if (options.direction === 'backwards') {
    const from = options.from === undefined || options.from > position ? position : options.from;
    const inclusive = from === options.from ? options.inclusive : true;
    yield* store.readAll({ ...options, from, ...(inclusive !== undefined && { inclusive }) });
    return;
  }
  for await (const page of store.readAll(options)) {
    const part = page.filter((event) => event.position <= position);
    if (part.length > 0) yield part;
    if (part.length < page.length) return;
  }
}
