import { z } from 'zod';
import {
  ERROR_DESCRIPTIONS,
  json,
  moment,
  SHOWN,
  wireTime,
  whole,
  type Answer,
  type ErrorShape,
} from '#src/http/index.js';

export interface Page {
  readonly page: number;
  readonly size: number;
  readonly total: number;
}

/** Wraps the data of every response. `now`: milliseconds since the epoch. */
export function enveloped<Data>(data: Data, message: string, now: number) {
  return { success: true as const, data, message, timestamp: wireTime(now) };
}

export function envelopedPage<Item>(
  items: readonly Item[],
  { page, size, total }: Page,
  message: string,
  now: number,
) {
  return {
    ...enveloped([...items], message, now),
    pagination: { page, size, total, pages: Math.ceil(total / size) },
  };
}

export const envelopedError: ErrorShape = ({ message }, now) => ({
  body: { success: false, data: null, message, timestamp: wireTime(now) },
});

const stands = {
  message: z.string().meta({ description: 'What was done', examples: ['Task created'] }),
  timestamp: moment.meta({ description: 'Time of the response' }),
};

export function answer(description: string, id: string, data: z.ZodType): Answer {
  return json(description, z.object({ success: z.literal(true), data, ...stands }).meta({ id, description }));
}

export function pageAnswer(description: string, id: string, item: z.ZodType): Answer {
  return json(
    description,
    z
      .object({ success: z.literal(true), data: z.array(item), ...stands, pagination })
      .meta({ id, description }),
  );
}

export function listAnswer(description: string, id: string, item: z.ZodType): Answer {
  return json(
    description,
    z
      .object({ success: z.literal(true), data: z.array(item), ...stands, pagination: pagination.optional() })
      .meta({ id, description }),
  );
}

const count = z.number().int().nonnegative();
const pagination = z
  .object({
    page: count.meta({ description: '1-based page number' }),
    size: count,
    total: count.meta({ description: 'Total number of items' }),
    pages: count,
  })
  .meta({ id: 'Pagination', description: 'Current page and totals' });

const failure = z
  .object({
    success: z.literal(false),
    data: z.null(),
    message: z.string().meta({
      ...SHOWN,
      description: 'The error message, with the name of the field if there is one',
      examples: ['schedule: minute (field 1): 61 is not within 0-59'],
    }),
    timestamp: moment,
  })
  .meta({ id: 'Failure', description: 'An error' });

/** Body of a 401 response. Without a credential, requests to tasks and to conda look the same, so the body may also have conda's form. */
const unauthorized = z
  .object({
    success: z.literal(false),
    message: z.string().meta({ ...SHOWN, description: 'The error', examples: ['Authentication required'] }),
    data: z.null().optional(),
    timestamp: moment.optional(),
    error: z.string().optional().meta({ description: 'What to do if the surface is ambiguous' }),
  })
  .meta({ id: 'Unauthorized', description: 'Missing or invalid credential' });

/** Errors of a route that anyone may call. */
export function publicFailures(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', failure)]),
  );
}

/** Errors of a route, apart from those that follow from its declaration. A 401 has its own form. */
export function failures(...statuses: readonly number[]): Record<number, Answer> {
  return {
    ...publicFailures(...statuses),
    401: json(ERROR_DESCRIPTIONS[401] ?? 'Error', unauthorized),
  };
}

export const paging = {
  page: whole(1, 1_000_000).default(1).meta({ description: '1-based page number' }),
  size: whole(1, 100).default(20).meta({ description: 'Items per page' }),
};
