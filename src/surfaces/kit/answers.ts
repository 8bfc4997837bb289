import { z } from 'zod';

/** Tells Kiota's clients which field is the message of an exception. */
export const SHOWN = { 'x-ms-primary-error-message': true } as const;

/** Error body of surfaces that respond with `{"error": …}`. */
export const errorBody = z
  .object({
    error: z
      .string()
      .meta({ ...SHOWN, description: 'What is wrong, naming the field where there is one', examples: ['task_groups: needs at least one task group'] }),
  })
  .meta({
    id: 'Error',
    description: 'An error: exactly this key',
  });

export const message = z
  .object({ message: z.string().meta({ examples: ['Node registered successfully'] }) })
  .meta({ id: 'Message', description: 'It was done' });

export const ERROR_DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or asks for what cannot be; nothing was changed',
  401: 'The key, token or password is missing or wrong',
  403: 'The account may not do that',
  404: 'There is no such thing',
  409: 'What was asked stands against what is: a name is taken, a job is archived, or a newer registration of the node holds',
  410: 'It was there, and is no longer kept',
  421: 'The request names a host that the server does not answer to (`MUSTER_ALLOWED_HOSTS`)',
  422: 'The Idempotency-Key was used before with another body',
  429: 'Asked too often: try again after Retry-After seconds',
  500: 'A failure of the server; its log has more under the X-Request-Id',
  502: 'The agent of the node did not answer',
  503: 'Overloaded, or the store is out of reach: try again after Retry-After seconds',
};

export function json(description: string, schema: z.ZodType): Answer {
  return { description, content: { 'application/json': { schema } } };
}

export function media(description: string, ...types: readonly string[]): Answer {
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema: z.string().meta({ description }) }])) };
}

/** Documents a response that is a stream of bytes, by media type. Clients then read it in chunks. */
export function byteStream(description: string, types: Readonly<Record<string, string>>): Answer {
  const content = Object.entries(types).map(([type, words]) => [type, { schema: z.string().meta({ description: words, format: 'binary' }) }]);
  return { description, content: Object.fromEntries(content) as Answer['content'] };
}

/** Media types of a log, followed and not. */
export const LOG_MEDIA = {
  'text/plain': 'Without `follow`: what was written, as it is',
  'text/event-stream': 'With `follow=true`, whatever the request accepts: server-sent events, one a line; the last is `end`',
} as const;

export function nothing(description: string): z.ZodNull {
  return z.null().meta({ description });
}

/** Documents error responses of a route, in addition to those of every route. */
export function errors(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries([...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', errorBody)]));
}

export interface Answer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

export const page = {
  limit: z.coerce.number().int().min(1).max(10_000).optional().meta({ description: 'At most so many; absent: all' }),
  after: z.string().max(200).optional().meta({ description: 'Only what comes behind the item with this id, in creation order' }),
};

export const flag = z.enum(['true', 'false']).optional();

export const positionText = z.string().regex(/^\d{1,19}$/, 'must be a position: a whole decimal number');
