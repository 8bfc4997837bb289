import { z } from 'zod';

/** Tells Kiota's clients which field is the message of an exception. */
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
    id: 'Error',
    description: 'An error. It has exactly this key',
  });

export const message = z
  .object({ message: z.string().meta({ examples: ['Node registered successfully'] }) })
  .meta({ id: 'Message', description: 'Success message' });

export const ERROR_DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is invalid; nothing was changed',
  401: 'The credential is missing or wrong',
  403: 'The account may not do that',
  404: 'Not found',
  409: 'Conflict with the current state: a name is taken, a job is archived, or the node has a newer registration',
  410: 'It existed but is no longer stored',
  421: 'The server does not accept this host name (`MUSTER_ALLOWED_HOSTS`)',
  422: 'The Idempotency-Key was used before with another body',
  429: 'Too many requests: retry after Retry-After seconds',
  500: 'Internal error; the server logs details under the X-Request-Id',
  502: 'The agent of the node did not respond',
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

/** Documents a response that is a stream of bytes, by media type. Clients then read it in chunks. */
export function byteStream(description: string, types: Readonly<Record<string, string>>): Answer {
  const content = Object.entries(types).map(([type, words]) => [
    type,
    { schema: z.string().meta({ description: words, format: 'binary' }) },
  ]);
  return { description, content: Object.fromEntries(content) as Answer['content'] };
}

export const LOG_MEDIA = {
  'text/plain': 'Without `follow`: what was written, as it is',
  'text/event-stream':
    'With `follow=true`, whatever the request accepts: server-sent events, one a line; the last is `end`',
} as const;

export function nothing(description: string): z.ZodNull {
  return z.null().meta({ description });
}

export function errors(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', errorBody)]),
  );
}

export interface Answer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

export const page = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'Maximum number of items. Default: all' }),
  after: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Only items after the one with this id, in order of creation' }),
};

export const flag = z.enum(['true', 'false']).optional();

export const positionText = z.string().regex(/^\d{1,19}$/, 'must be a position: a whole decimal number');
