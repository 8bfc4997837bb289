import { setImmediate } from 'node:timers/promises';
import { categoryOf, type EventMetadata } from '#domain/kernel/event/index.js';
import { isOurs } from '#domain/event-types/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type {
  EventFilter,
  EventStore,
  RecordedEvent,
  SubscriptionMessage,
} from '#domain/kernel/ports/event-store.js';
import { isBeyondBound, lastPositionBefore } from '#src/engine/event-store/index.js';
import { keepAlive, type Silence } from '#src/surfaces/kit/index.js';
import { concernsJob, streamsOfJob } from './job-history.js';
import type { EventsWanted } from './query.js';
import { viewEvent } from './view.js';

export async function* eventTexts(
  store: EventStore,
  clock: Clock,
  wanted: EventsWanted,
  keepAliveMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { format } = wanted;
  if (format === 'sse') yield 'retry: 1000\n\n';
  let left = wanted.limit;
  for await (const message of keepAlive(messages(store, wanted, signal), clock, keepAliveMs, signal)) {
    if (message.kind === 'events') {
      const events = message.events.filter((event) => isWanted(event, wanted)).slice(0, left);
      left -= events.length;
      if (events.length > 0)
        yield events
          .map((event) =>
            format === 'sse'
              ? `id: ${event.position}\ndata: ${viewEvent(event)}\n\n`
              : `${viewEvent(event)}\n`,
          )
          .join('');
      if (left <= 0) return;
      await setImmediate();
    } else if (format === 'sse') {
      yield comment(message);
    }
  }
}

type Piece = SubscriptionMessage | Silence;

function comment(piece: Exclude<Piece, { kind: 'events' }>): string {
  switch (piece.kind) {
    case 'checkpoint':
      // An id without data is no event, but clients resume from it.
      return `id: ${piece.position}\n\n`;
    case 'caughtUp':
      return ': caught up\n\n';
    case 'silence':
      return ': keep-alive\n\n';
  }
}

async function* messages(
  store: EventStore,
  wanted: EventsWanted,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage> {
  const { bound, backwards, stream } = wanted;
  if (wanted.follow) {
    // A subscription begins at an event. What the client named may be any number, also one that this log has not reached.
    const after =
      bound && (await lastPositionBefore(store, { from: bound.from, inclusive: !bound.inclusive }));
    yield* store.subscribe({ ...(after !== undefined && { after }), filter: filterOf(wanted), signal });
    return;
  }
  const direction = backwards ? ('backwards' as const) : ('forwards' as const);
  const pages =
    stream === undefined
      ? store.readAll({ direction, ...bound, filter: filterOf(wanted) })
      : store.readStream(stream, { direction });
  for await (const events of pages) {
    if (signal.aborted) return;
    yield { kind: 'events', events };
  }
}

function filterOf(wanted: EventsWanted): EventFilter {
  const { stream, category, job } = wanted;
  const prefix = stream ?? category;
  const streamPrefixes = prefix !== undefined ? [prefix] : job !== undefined ? streamsOfJob(job) : undefined;
  return {
    ...(streamPrefixes !== undefined && { streamPrefixes }),
    ...(wanted.types !== undefined && { types: wanted.types }),
  };
}

function isWanted(event: RecordedEvent, wanted: EventsWanted): boolean {
  const { bound, backwards, stream, category, types, job, since, correlation } = wanted;
  if (!isOurs(event)) return false;
  if (!isBeyondBound({ ...bound, direction: backwards ? 'backwards' : 'forwards' })(event)) return false;
  if (stream !== undefined && event.stream !== stream) return false;
  if (category !== undefined && categoryOf(event.stream) !== category) return false;
  if (types !== undefined && !types.includes(event.type)) return false;
  if (since !== undefined && event.created < since) return false;
  if (job !== undefined && !concernsJob(event, job)) return false;
  return (
    correlation === undefined || (JSON.parse(event.metadata) as EventMetadata).$correlationId === correlation
  );
}
