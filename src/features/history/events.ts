import { Readable } from 'node:stream';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventTable } from '#domain/kernel/event/index.js';
import { accountActor } from '#src/accounts/index.js';
import { access, errors, type Answer, type Scope, type SurfaceHost } from '#src/http/index.js';
import { eventTexts } from './event-stream.js';
import { eventsQuery, settle } from './query.js';
import { describeEvents } from './view.js';
import type { HistoryParts } from './parts.js';

function streamOf(events: EventTable): Answer {
  const contentSchema = describeEvents(events);
  const each = { format: 'binary', contentMediaType: 'application/json', contentSchema };
  return {
    description: 'A stream of events',
    content: {
      'application/x-ndjson': {
        schema: z.string().meta({ description: 'One `AuditEvent` per line, as JSON', ...each }),
      },
      'text/event-stream': {
        schema: z.string().meta({ description: 'Server-sent events with one `AuditEvent` each', ...each }),
      },
    },
  };
}

/** Maximum number of events as of a past moment, because such a response is not sent before it is complete. */
const MOST_PAST_EVENTS = 10_000;

export function eventReads(app: Scope, { parts, limits, followers }: SurfaceHost<HistoryParts>): void {
  app.get(
    '/audit/events',
    {
      config: { ...access.auditor, resumes: true, waits: 'nothing' },
      schema: {
        tags: ['history'],
        operationId: 'audit_readEvents',
        summary: 'Read the event history',
        description:
          'Returns events of the whole log or a part of it in log order, as JSON lines or server-sent events. The ids of server-sent events are positions, so a client that reconnects with `Last-Event-ID` misses nothing.',
        querystring: eventsQuery(parts.catalog.events),
        response: {
          200: streamOf(parts.catalog.events),
          ...errors(),
        },
      },
    },
    async (request, reply) => {
      const { actor } = request.query;
      const wanted = settle(
        request.query,
        request.headers.accept,
        request.headers['last-event-id'],
        actor === undefined ? undefined : await actorsNamed(parts, actor),
      );
      if (parts.isPast === true && wanted.follow)
        throw new MusterError('MUSTER_E_NOT_AS_OF', { what: 'a stream of new events' });
      const signal = followers.admit(reply);
      reply
        .type(
          wanted.format === 'sse'
            ? 'text/event-stream; charset=utf-8'
            : 'application/x-ndjson; charset=utf-8',
        )
        .header('x-accel-buffering', 'no');
      if (parts.isPast === true) {
        let whole = '';
        const past = { ...wanted, most: MOST_PAST_EVENTS };
        for await (const text of eventTexts(parts, past, limits.keepAliveMs, signal)) whole += text;
        return reply.send(whole);
      }
      const texts = eventTexts(parts, wanted, limits.keepAliveMs, signal);
      // A failure before the first event gets its own status. A follower gets its headers immediately, because the first event may come much later.
      const pieces = wanted.follow ? texts : await begun(texts);
      return reply.send(Readable.from(pieces, { objectMode: false }));
    },
  );
}

/** Returns the actors that a name can stand for: an actor as it is recorded, the id of an account, or a username. */
async function actorsNamed(
  { identity }: Pick<HistoryParts, 'identity'>,
  name: string,
): Promise<readonly string[]> {
  const id = await identity.users.idOf(name);
  return [name, accountActor(name), ...(id === undefined ? [] : [accountActor(id)])];
}

/** Resolves to the same chunks once the first one is available. */
async function begun(texts: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await texts.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* texts;
  })();
}
