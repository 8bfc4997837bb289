import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { textOf } from '../text.js';
import { compilePattern } from '../../pattern.js';
import { headerName, headerValue } from './header.js';
import { httpUrl } from './url.js';

export { headerName, headerValue } from './header.js';
export { httpOrigin, httpUrl } from './url.js';

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Of them those that send no body. */
const METHODS_WITHOUT_BODY: readonly string[] = ['GET', 'HEAD'];

export const MAX_HEADERS = 64;
/** Characters of a body. */
export const MAX_BODY = 131_072;
/** A call is ended after so many seconds, whatever its task allows: one that is never answered holds a slot of its node. */
export const MAX_CALL_SECONDS = 3600;
/** Texts that a body may be put together of. */
export const MAX_BODY_PIECES = 16;

/** Headers by name, each once whatever its case. */
export const headersOf = <Value extends z.ZodType<unknown>>(value: Value) =>
  z
    .record(headerName, value)
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `at most ${MAX_HEADERS} headers`)
    .refine((headers) => new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length, 'names a header twice');

/** Whether the method sends the body that there is. */
export function sendsBody({ method = 'GET', body }: { readonly method?: string | undefined; readonly body?: unknown }): boolean {
  return body === undefined || !METHODS_WITHOUT_BODY.includes(method);
}
export const NOT_SENT = { path: ['body'], message: 'is not sent with GET or HEAD' };

const bodyPiece = textOf(z.string().max(MAX_BODY));
const status = z.number().int().min(200).max(599);

const statuses = z.array(status).min(1).max(32);

/** What an answer must be to count as a success, instead of any 2xx. */
const expecting = <Status extends z.ZodType>(wanted: Status) =>
  z
    .strictObject({
      status: wanted.optional(),
      /** In RE2's syntax, unanchored, on the first mebibyte of the body. */
      body_regex: z
        .string()
        .min(1)
        .superRefine((source, context) => {
          const compiled = compilePattern(source);
          if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.problem });
        })
        .optional(),
    })
    .refine((expected) => expected.status !== undefined || expected.body_regex !== undefined, 'needs a status or a body_regex');

const expectation = expecting(z.union([status, statuses]));
/** The same where a status stands in a list always. */
export const listedExpectation = expecting(statuses);
/** The same as it is sent. A list is documented, as generators of clients make little of a union; one number alone is understood as well. */
export const sentExpectation = expecting(z.preprocess((sent) => (typeof sent === 'number' ? [sent] : sent), statuses));

/** A task that is one HTTP call of the agent. */
const httpConfig = z
  .strictObject({
    /** By a variable where its path is a secret: the agent then holds the value to the same rules. */
    url: textOf(httpUrl),
    method: z.enum(HTTP_METHODS).default('GET'),
    headers: headersOf(textOf(headerValue)).optional(),
    /** A text, or several that make one. */
    body: z.union([bodyPiece, z.array(bodyPiece).max(MAX_BODY_PIECES)]).optional(),
    expect: expectation.optional(),
  })
  .refine(sendsBody, NOT_SENT);
export type HttpConfig = z.infer<typeof httpConfig>;

/** What a call gives back, once it was answered. */
const httpResult = z.strictObject({
  http_status: z.number().int(),
  headers: z.record(z.string(), z.string()),
  /** The end of what was kept of the answer's body. */
  body: z.string(),
});
export type HttpResult = z.infer<typeof httpResult>;

export const httpDriver: DriverDefinition<HttpConfig> = { name: 'http', config: httpConfig, result: httpResult };
