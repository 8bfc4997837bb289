import { z } from 'zod';
import { qualityOf } from '#agents/platform/listener/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventTable } from '#domain/kernel/event/index.js';
import { flag, positionText, whole } from '#src/http/index.js';
import type { EventsSought } from './event-messages.js';

const typesOf = (events: EventTable) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .refine(
      (names) => names.every((name) => Object.hasOwn(events, name)),
      'must name event types, separated by commas',
    )
    .meta({
      description: 'Only events of these types, separated by commas',
      examples: ['JobSubmitted,JobUpdated'],
      pattern: '^[A-Za-z]+(?:,[A-Za-z]+)*$',
    });

const DAY_OR_TIME = String.raw`^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$`;

/** A time, or a date, which stands for its first moment in UTC. Parsed to milliseconds since the epoch. */
const dayOrTime = (description: string) =>
  z
    .string()
    .max(64)
    .regex(
      new RegExp(DAY_OR_TIME),
      'must be a time such as 2026-11-20T08:00:00Z, or a date such as 2026-11-20',
    )
    .refine(
      // Date.parse accepts 30 February.
      (text) =>
        z.iso
          .date()
          .or(z.iso.datetime({ offset: true }))
          .safeParse(text).success,
      'must be a time that exists',
    )
    .meta({ pattern: DAY_OR_TIME, description, examples: ['2026-11-20T08:00:00Z', '2026-11-20'] });

/** @param events the events that can be asked for */
export const eventsQuery = (events: EventTable) =>
  z.strictObject({
    from: positionText.optional().meta({ description: 'First position to return, inclusive' }),
    after: positionText.optional().meta({ description: 'Return only events after this position' }),
    stream: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^$]/, 'must not begin with a dollar sign: these streams belong to the event store')
      .optional()
      .meta({ description: 'Only this stream', examples: ['job-hello'] }),
    category: z
      .string()
      .regex(/^[A-Za-z]{1,64}$/, 'must contain only letters')
      .optional()
      .meta({ description: 'Only streams of this category', examples: ['job'] }),
    type: typesOf(events).optional(),
    job: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({
        description:
          'Only events about this job: its own events, its evaluations, plan entries and allocations, what nodes reported about them, and the commands that were run in them',
        examples: ['hello'],
      }),
    since: dayOrTime(
      'Only events recorded at or after this time. A date stands for its first moment in UTC',
    ).optional(),
    until: dayOrTime(
      'Only events recorded before this time. A date stands for its first moment in UTC. Not together with follow',
    ).optional(),
    actor: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({
        description:
          'Only events that this account caused, by its username or id. Other actors are written as events record them: `local:root`, `node:<id>`, `anonymous` …',
        examples: ['bob'],
      }),
    correlation: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Only events that resulted from the request with this id' }),
    direction: z
      .enum(['forwards', 'backwards'])
      .optional()
      .meta({ title: 'ReadDirection', description: 'Oldest first, or newest first' }),
    limit: whole(1, 10_000_000).optional().meta({ description: 'Maximum number of events. Default: all' }),
    follow: flag.meta({
      description: 'Keep sending events as they are recorded. Default: only for server-sent events',
    }),
    format: z.enum(['ndjson', 'sse']).optional().meta({
      title: 'EventFormat',
      description: 'Response format. Default: determined by the Accept header, preferring NDJSON',
    }),
  });

export interface EventsWanted extends EventsSought {
  readonly format: 'ndjson' | 'sse';
  readonly limit: number;
  /** Number of events above which nothing is returned. Default: no bound. */
  readonly most?: number;
}

/**
 * Merges the query with `Accept` and `Last-Event-ID`. Throws `MUSTER_E_INVALID`.
 * @param actors the actors that `actor` can stand for.
 */
export function settle(
  query: z.infer<ReturnType<typeof eventsQuery>>,
  accept: string | undefined,
  lastEventId: unknown,
  actors?: readonly string[],
): EventsWanted {
  const format = query.format ?? preferred(accept);
  const follow =
    query.follow === undefined
      ? format === 'sse' && query.direction !== 'backwards' && query.until === undefined
      : query.follow === 'true';
  const backwards = query.direction === 'backwards';
  if (backwards && follow)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'follow',
      problem: 'cannot be combined with direction=backwards',
    });
  if (query.until !== undefined && follow)
    throw new MusterError('MUSTER_E_INVALID', { field: 'until', problem: 'cannot be combined with follow' });
  if (query.from !== undefined && query.after !== undefined)
    throw new MusterError('MUSTER_E_INVALID', { field: 'from', problem: 'cannot be combined with after' });
  return {
    format,
    follow,
    backwards,
    bound: boundOf(query, lastEventId),
    stream: query.stream,
    category: query.category,
    types: query.type,
    job: query.job,
    since: query.since === undefined ? undefined : Date.parse(query.since),
    until: query.until === undefined ? undefined : Date.parse(query.until),
    actors,
    correlation: query.correlation,
    limit: query.limit ?? Number.POSITIVE_INFINITY,
  };
}

function preferred(accept = ''): 'ndjson' | 'sse' {
  const quality = (type: string): number => qualityOf(accept, type) ?? 0;
  return quality('text/event-stream') > quality('application/x-ndjson') ? 'sse' : 'ndjson';
}

function boundOf(
  query: z.infer<ReturnType<typeof eventsQuery>>,
  lastEventId: unknown,
): EventsWanted['bound'] {
  if (lastEventId !== undefined && lastEventId !== '') {
    const id = positionText.safeParse(lastEventId);
    if (!id.success)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'Last-Event-ID',
        problem: 'must be a position: a whole decimal number',
      });
    return { from: BigInt(id.data), inclusive: false };
  }
  if (query.after !== undefined) return { from: BigInt(query.after), inclusive: false };
  if (query.from !== undefined) return { from: BigInt(query.from), inclusive: true };
  return undefined;
}
