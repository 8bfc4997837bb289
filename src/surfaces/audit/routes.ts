import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  access,
  errors,
  type Answer,
  ignoreBodies,
  type Scope,
  type SurfaceHost,
} from '#src/surfaces/kit/index.js';
import { eventTexts } from './event-stream.js';
import { eventsQuery, settle } from './query.js';
import { AUDIT_EVENT } from './view.js';

const each = { format: 'binary', contentMediaType: 'application/json', contentSchema: AUDIT_EVENT };
const events: Answer = {
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

export function eventReads(app: Scope, { parts, limits, followers }: SurfaceHost): void {
  ignoreBodies(app);

  app.get(
    '/audit/events',
    {
      config: { ...access.auditor, resumes: true },
      schema: {
        tags: ['history'],
        operationId: 'audit_readEvents',
        summary: 'Read the event history',
        description:
          'Returns events of the whole log or a part of it in log order, as JSON lines or server-sent events. The ids of server-sent events are positions, so a client that reconnects with `Last-Event-ID` misses nothing.',
        querystring: eventsQuery,
        response: {
          200: events,
          ...errors(400),
        },
      },
    },
    async (request, reply) => {
      const wanted = settle(request.query, request.headers.accept, request.headers['last-event-id']);
      const signal = followers.admit(reply);
      reply
        .type(
          wanted.format === 'sse'
            ? 'text/event-stream; charset=utf-8'
            : 'application/x-ndjson; charset=utf-8',
        )
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no');
      const texts = eventTexts(parts.eventStore, parts.clock, wanted, limits.keepAliveMs, signal);
      // What fails before the first events are read has a status of its own. Who follows may wait for them for long.
      const pieces = wanted.follow ? texts : await begun(texts);
      return reply.send(Readable.from(pieces, { objectMode: false }));
    },
  );
}

/** The same texts, once the first is there. */
async function begun(texts: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await texts.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* texts;
  })();
}
