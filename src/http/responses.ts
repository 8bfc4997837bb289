import { z } from 'zod';
import type { RouteDocument } from '#domain/protocol/operation.js';

export const SHOWN = { 'x-ms-primary-error-message': true } as const;

export const errorBody = z
  .object({
    error: z.string().meta({
      ...SHOWN,
      description: 'The error message, with the name of the field if there is one',
      examples: ['task_groups: needs at least one task group'],
    }),
  })
  .meta({
    id: 'ErrorBody',
    description: 'An error. It has exactly this key',
  });

export const ERROR_DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is invalid; nothing was changed',
  401: 'The credential is missing or invalid',
  403: 'The account is not allowed to do this',
  404: 'Not found',
  409: 'Conflict with the current state: a name is taken, a job is archived, the node has a newer registration, or the requested past is not recorded',
  410: 'The requested data existed, but is no longer stored',
  421: 'The server does not accept this host name (`MUSTER_ALLOWED_HOSTS`)',
  422: 'The Idempotency-Key was already used with a different body',
  428: 'The proof of an agent needs a newer challenge: repeat the request with that of `X-Muster-Challenge`',
  429: 'Too many requests: retry after Retry-After seconds',
  500: 'Internal error; the server logs details under the X-Request-Id',
  502: "The node's agent did not respond",
  503: 'Overloaded, or the store is unavailable: retry after Retry-After seconds',
};

export function json(description: string, schema: z.ZodType): Answer {
  return { description, content: { 'application/json': { schema } } };
}

export function media(description: string, ...types: readonly string[]): Answer {
  return {
    description,
    content: Object.fromEntries(types.map((type) => [type, { schema: z.string().meta({ description }) }])),
  };
}

/** Describes a response that is a stream of bytes, by media type, so that clients read it in chunks. */
export function byteStream(description: string, types: Readonly<Record<string, string>>): Answer {
  const content = Object.entries(types).map(([type, words]) => [
    type,
    { schema: z.string().meta({ description: words, format: 'binary' }) },
  ]);
  return { description, content: Object.fromEntries(content) as Answer['content'] };
}

export const LOG_MEDIA = {
  'text/plain': 'The unmodified output (without `follow`)',
  'text/event-stream':
    'With `follow=true`, regardless of the Accept header: server-sent events, one per line. The last event is `end`',
} as const;

export function nothing(description: string): z.ZodNull {
  return z.null().meta({ description });
}

/**
 * Declares the errors of a route. The description of the route also lists the errors that follow from its declaration: 401 and 403 from its access,
 * 400 from its schemas, 422 from the `Idempotency-Key`, and 429 from its quota.
 */
export function errors(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', errorBody)]),
  );
}

/** Returns the schema of a route that is declared in the protocol between servers and agents. */
export function routeSchema<Document extends RouteDocument>({
  answer,
  errors: statuses,
  query,
  ...document
}: Document) {
  const success =
    'schema' in answer
      ? json(answer.description, answer.schema)
      : byteStream(answer.description, answer.media);
  return {
    ...document,
    ...(query === undefined ? {} : { querystring: query }),
    response: { 200: success, ...errors(...statuses) },
  };
}

export interface Answer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

export function wireTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export const moment = z.iso.datetime().meta({ examples: ['2026-11-20T02:00:00Z'] });
