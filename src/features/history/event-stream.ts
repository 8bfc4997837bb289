import { setImmediate } from 'node:timers/promises';
import { categoryOf, type EventMetadata } from '#domain/kernel/event/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { EventStore, RecordedEvent, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { isBeyondBound } from '#src/engine/event-store/index.js';
import { keepAlive, type Silence } from '#src/http/index.js';
import { eventMessages } from './event-messages.js';
import { concernsJob } from './job-history.js';
import type { EventsWanted } from './query.js';
import { viewEvent } from './view.js';

export interface EventReads {
  readonly eventStore: EventStore;
  readonly catalog: Pick<Catalog, 'isOurs'>;
  readonly clock: Clock;
  /** Finds the events of a job or a request. If absent, the log is searched. */
  readonly history?: History | undefined;
}

export async function* eventTexts(
  { eventStore: store, catalog, clock, history }: EventReads,
  wanted: EventsWanted,
  keepAliveMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { format, most } = wanted;
  if (format === 'sse') yield 'retry: 1000\n\n';
  let left = wanted.limit;
  let sent = 0;
  for await (const message of keepAlive(
    eventMessages(store, history, wanted, signal),
    clock,
    keepAliveMs,
    signal,
  )) {
    if (message.kind === 'events') {
      const events = message.events
        .filter((event) => catalog.isOurs(event) && isWanted(event, wanted))
        .slice(0, left);
      left -= events.length;
      sent += events.length;
      if (most !== undefined && sent > most)
        throw new MusterError('MUSTER_E_AS_OF_TOO_LARGE', { most, what: 'events' });
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
      // An id without data does not produce an event, but clients resume from it.
      return `id: ${piece.position}\n\n`;
    case 'caughtUp':
      return ': caught up\n\n';
    case 'silence':
      return ': keep-alive\n\n';
  }
}

function isWanted(event: RecordedEvent, wanted: EventsWanted): boolean {
  const { bound, backwards, stream, category, types, job, since, until, actors, correlation } = wanted;
  if (!isBeyondBound({ ...bound, direction: backwards ? 'backwards' : 'forwards' })(event)) return false;
  if (stream !== undefined && event.stream !== stream) return false;
  if (category !== undefined && categoryOf(event.stream) !== category) return false;
  if (types !== undefined && !types.includes(event.type)) return false;
  if (since !== undefined && event.created < since) return false;
  if (until !== undefined && event.created >= until) return false;
  if (job !== undefined && !concernsJob(event, job)) return false;
  if (correlation === undefined && actors === undefined) return true;
  const { $correlationId, actor } = JSON.parse(event.metadata) as EventMetadata;
  if (actors !== undefined && !actors.includes(actor ?? '')) return false;
  return correlation === undefined || $correlationId === correlation;
}
