import { categoryOf } from '#domain/kernel/event/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventFilter, EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import { accountActor } from '#src/accounts/index.js';
import { concernsJob, eventMessages, streamsOfJob, type EventsSought } from '#src/features/history/index.js';
import type { ShownEvent } from './event-line.js';
import type { EventsQuery } from './events-query.js';

export interface Log {
  readonly store: EventStore;
  /** Finds the events of a job or since a time. Without it, the log is searched. */
  readonly index?: History | undefined;
  readonly isOurs: Catalog['isOurs'];
}

export async function* eventsOfLog(
  { store, index, isOurs }: Log,
  asked: EventsQuery,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  const wanted = await narrowed(asked, index);
  const shown = (event: RecordedEvent): ShownEvent => shownEvent(event, isOurs(event));
  let after = wanted.after;
  if (wanted.last !== undefined) {
    const head = await store.head();
    yield* (await newest(pagesOf(store, wanted, true, signal, index), wanted)).reverse().map(shown);
    if (!wanted.follow) return;
    after = head ?? after;
  }
  if (wanted.follow) {
    const sought = { ...soughtIn(wanted), stream: wanted.stream, follow: true, backwards: false };
    const bound = after === undefined ? undefined : { from: after, inclusive: false };
    for await (const message of eventMessages(store, index, { ...sought, bound }, signal)) {
      if (message.kind === 'events')
        yield* message.events.filter((event) => isAfter(event, after) && isWanted(event, wanted)).map(shown);
    }
    return;
  }
  for await (const page of pagesOf(store, wanted, false, signal, index)) {
    if (signal.aborted) return;
    yield* page.filter((event) => isAfter(event, after) && isWanted(event, wanted)).map(shown);
  }
}

function isAfter({ position }: RecordedEvent, after: bigint | undefined): boolean {
  return after === undefined || position > after;
}

/** Moves the start to the first event since a time, if there is an index. */
async function narrowed(wanted: EventsQuery, index: History | undefined): Promise<EventsQuery> {
  const { since, after = -1n } = wanted;
  if (since === undefined || index === undefined) return wanted;
  const before = await index.positionAt(since - 1);
  return before > after ? { ...wanted, after: before } : wanted;
}

async function* pagesOf(
  store: EventStore,
  wanted: EventsQuery,
  backwards: boolean,
  signal: AbortSignal,
  index: History | undefined,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { job, after } = wanted;
  const bound = after === undefined || backwards ? undefined : { from: after, inclusive: false };
  if (job === undefined || index === undefined || wanted.stream !== undefined) {
    const direction = backwards ? 'backwards' : 'forwards';
    yield* store.readAll({ direction, ...bound, filter: filterOf(wanted) });
    return;
  }
  const sought = { ...soughtIn(wanted), follow: false, backwards, bound };
  for await (const message of eventMessages(store, index, sought, signal))
    if (message.kind === 'events') yield message.events;
}

function soughtIn({ category, job, type }: EventsQuery): Pick<EventsSought, 'category' | 'job' | 'types'> {
  return { category, job, types: type?.split(',') };
}

async function newest(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  wanted: EventsQuery,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  if (wanted.last === 0) return found;
  for await (const page of pages) {
    for (const event of page) {
      if (!isAfter(event, wanted.after)) return found;
      if (isWanted(event, wanted)) found.push(event);
      if (found.length === wanted.last) return found;
    }
  }
  return found;
}

function filterOf({ stream, category, job, type }: EventsQuery): EventFilter {
  const prefix = stream ?? category;
  const streamPrefixes = prefix !== undefined ? [prefix] : job !== undefined ? streamsOfJob(job) : undefined;
  return {
    ...(streamPrefixes !== undefined && { streamPrefixes }),
    ...(type !== undefined && { types: type.split(',') }),
  };
}

/** The prefix filter of the store is not exact: `job-a` is also a prefix of `job-ab`. */
function isWanted(event: RecordedEvent, wanted: EventsQuery): boolean {
  const { stream, category, type, job, since, until, actor } = wanted;
  if (type !== undefined && !type.split(',').includes(event.type)) return false;
  if (stream !== undefined && event.stream !== stream) return false;
  if (category !== undefined && categoryOf(event.stream) !== category) return false;
  if (since !== undefined && event.created < since) return false;
  if (until !== undefined && event.created >= until) return false;
  if (actor !== undefined && !isBy(event, actor)) return false;
  return job === undefined || concernsJob(event, job);
}

/** Usernames are sealed in the log, so an account is named by its id. */
function isBy(event: RecordedEvent, actor: string): boolean {
  const by = (parsed(event.metadata) as { readonly actor?: unknown } | null)?.actor;
  return by === actor || by === accountActor(actor);
}

function shownEvent(event: RecordedEvent, isOurs: boolean): ShownEvent {
  const { position, stream, revision, type, id, created } = event;
  const metadata = parsed(event.metadata) as { readonly at?: unknown } | null;
  // Foreign events have no decision time, so the write time is used instead.
  const at = isOurs && typeof metadata?.at === 'number' ? metadata.at : created;
  return {
    position: String(position),
    stream,
    revision,
    id,
    type,
    at: new Date(at).toISOString(),
    data: parsed(event.data),
    metadata,
  };
}

/** Foreign data can have any format. Text that is not JSON is shown unchanged. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
