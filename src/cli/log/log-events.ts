import { categoryOf } from '#domain/kernel/event/index.js';
import { isOurs } from '#domain/event-types/index.js';
import type { EventFilter, EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { lastPositionBefore } from '#src/engine/event-store/index.js';
import { concernsJob, streamsOfJob } from '#src/surfaces/audit/index.js';
import type { ShownEvent } from './event-line.js';
import type { EventsQuery } from './events-query.js';

export async function* eventsOfLog(
  store: EventStore,
  wanted: EventsQuery,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  const filter = filterOf(wanted);
  let after = wanted.after;
  if (wanted.last !== undefined) {
    const head = await store.head();
    yield* (await newest(store, wanted, wanted.last, filter)).reverse().map(shown);
    if (!wanted.follow) return;
    after = head ?? after;
  }
  if (wanted.follow) {
    // A subscription begins at an event, and `--after` need not be the position of one.
    const start =
      after === undefined ? undefined : await lastPositionBefore(store, { from: after, inclusive: true });
    for await (const message of store.subscribe({
      ...(start !== undefined && { after: start }),
      filter,
      signal,
    })) {
      if (message.kind === 'events')
        yield* message.events
          .filter((event) => (after === undefined || event.position > after) && isWanted(event, wanted))
          .map(shown);
    }
    return;
  }
  for await (const page of store.readAll({ ...(after !== undefined && { from: after }), filter })) {
    if (signal.aborted) return;
    yield* page.filter((event) => isWanted(event, wanted)).map(shown);
  }
}

async function newest(
  store: EventStore,
  wanted: EventsQuery,
  count: number,
  filter: EventFilter,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  if (count === 0) return found;
  for await (const page of store.readAll({ direction: 'backwards', filter })) {
    for (const event of page) {
      if (wanted.after !== undefined && event.position <= wanted.after) return found;
      if (isWanted(event, wanted)) found.push(event);
      if (found.length === count) return found;
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
function isWanted(event: RecordedEvent, { stream, category, job, since }: EventsQuery): boolean {
  if (stream !== undefined && event.stream !== stream) return false;
  if (category !== undefined && categoryOf(event.stream) !== category) return false;
  if (since !== undefined && event.created < since) return false;
  return job === undefined || concernsJob(event, job);
}

function shown(event: RecordedEvent): ShownEvent {
  const { position, stream, revision, type, id, created } = event;
  const metadata = parsed(event.metadata) as { readonly at?: unknown } | null;
  // Foreign events have no decision time of ours, so the write time stands in.
  const at = typeof metadata?.at === 'number' && isOurs(event) ? metadata.at : created;
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

/** Foreign data may be anything: text that is not JSON is shown as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
