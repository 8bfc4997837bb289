import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { textOf } from '../text.js';
import { compilePattern } from '../../kernel/pattern.js';
import { headerName, headerValue } from './header.js';
import { httpUrl } from './url.js';

export { headerName, headerValue } from './header.js';
export { httpOrigin, httpUrl } from './url.js';

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const METHODS_WITHOUT_BODY: readonly string[] = ['GET', 'HEAD'];

export const MAX_HEADERS = 64;
/** Maximum length of a request body in characters. */
export const MAX_BODY = 131_072;
/** Attribute: the node's `MUSTER_HTTP_ALLOW`. Absent if the list is very long. */
export const ALLOWED_ENDPOINTS = 'http.allow';

/** Maximum duration of a call in seconds, whatever the task allows, because a call without a response occupies a slot of its node. */
export const MAX_CALL_SECONDS = 3600;
export const MAX_BODY_PIECES = 16;

/** Headers by name. Names must be unique, ignoring case. */
export const headersOf = <Value extends z.ZodType<unknown>>(value: Value) =>
  z
    .record(headerName, value)
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `at most ${MAX_HEADERS} headers`)
    .refine(
      (headers) =>
        new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
      'duplicate header name',
    );

export function sendsBody({
  method = 'GET',
  body,
}: {
  readonly method?: string | undefined;
  readonly body?: unknown;
}): boolean {
  return body === undefined || !METHODS_WITHOUT_BODY.includes(method);
}
export const NOT_SENT = { path: ['body'], message: 'is not allowed with GET or HEAD' };

const bodyPiece = textOf(z.string().max(MAX_BODY));
const status = z.number().int().min(200).max(599);

const statuses = z.array(status).min(1).max(32);

/** Conditions that make a response a success, in place of any 2xx status. */
const expecting = <Status extends z.ZodType>(wanted: Status) =>
  z
    .strictObject({
      status: wanted.optional(),
      body_regex: z
        .string()
        .min(1)
        .superRefine((source, context) => {
          const compiled = compilePattern(source);
          if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.problem });
        })
        .optional(),
    })
    .refine(
      (expected) => expected.status !== undefined || expected.body_regex !== undefined,
      'requires status or body_regex',
    );

const expectation = expecting(z.union([status, statuses]));
/** Variant in which the status is always a list. */
export const listedExpectation = expecting(statuses);
/** Variant for requests: a single number is accepted, but the documentation shows a list, because client generators handle unions poorly. */
export const sentExpectation = expecting(
  z.preprocess((sent) => (typeof sent === 'number' ? [sent] : sent), statuses),
);

const httpConfig = z
  .strictObject({
    url: textOf(httpUrl),
    method: z.enum(HTTP_METHODS).default('GET'),
    headers: headersOf(textOf(headerValue)).optional(),
    body: z.union([bodyPiece, z.array(bodyPiece).max(MAX_BODY_PIECES)]).optional(),
    expect: expectation.optional(),
  })
  .refine(sendsBody, NOT_SENT);
export type HttpConfig = z.infer<typeof httpConfig>;

const httpResult = z.strictObject({
  http_status: z.number().int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type HttpResult = z.infer<typeof httpResult>;

export const httpDriver: DriverDefinition<HttpConfig> = {
  name: 'http',
  config: httpConfig,
  result: httpResult,
};
