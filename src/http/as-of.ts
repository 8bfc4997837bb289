import { createHash } from 'node:crypto';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Policy } from './access/policy.js';
import { REVALIDATED, varyOn } from './access/caching.js';
import type { Admitted } from './guard.js';
import { isPresent } from './mount.js';
import { resolveMoment, type MomentReads } from './moment.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes moments in its own parameters, or serves the signed log, so `as_of` is refused. */
    readonly namesMoments?: boolean;
  }
}

export const AS_OF_HEADER = 'X-Muster-As-Of';
/** Maximum number of requests that may be waiting for the thread that executes them. */
export const MAX_PAST_REQUESTS = 16;
const PARAMETER = 'as_of';
/** Maximum `limit` of a list as of a moment. */
const MOST_LISTED = 1000;
/** Headers of the past response that are not copied: this response has its own connection, caching and body length, even if that one was streamed. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'cache-control',
  'etag',
]);
const PASSED_HEADERS = ['accept', 'accept-language'] as const;

/** Header that selects between surfaces that share a path. The credential is not passed on, because the caller is already authenticated. */
const SURFACE_HEADER = 'authorization';
const NO_CREDENTIAL = 'Bearer checked-before';

/** Policies of routes whose responses never depend on the past. */
const ALWAYS_PRESENT: ReadonlySet<Policy['who']> = new Set(['anyone', 'visitor', 'node', 'testKey']);

export interface PastRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Admitted;
  readonly position: bigint;
  /** Write time of the newest event up to the position, in milliseconds since the epoch. */
  readonly time: number;
}

export interface PastAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly body: Uint8Array;
  /** Start of the range in which the response is the same, inclusive. */
  readonly from: bigint;
  /** End of that range, exclusive. Undefined if the response has been the same until now. */
  readonly until: bigint | undefined;
  readonly lacks: readonly string[];
}

export interface AsOfOptions extends MomentReads {
  /** Executes a request as of its position. Throws `MUSTER_E_OVERLOADED` if too many requests are waiting. */
  readonly ask: (request: PastRequest) => Promise<PastAnswer>;
}

/**
 * Executes GETs as of a moment, which is a position or a time in the header `X-Muster-As-Of` or the parameter `as_of`. Must be added after the guard,
 * whose decision applies, and before the routes, whose schemas do not include the parameter.
 */
export function answerAsOf(app: FastifyInstance, options: AsOfOptions | undefined): void {
  app.addHook('preValidation', async (request, reply) => {
    const asked = momentAsked(request);
    if (asked === undefined) return;
    if (options === undefined) throw new MusterError('MUSTER_E_HISTORY_OFF');
    const { config } = request.routeOptions;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw wrong('is only allowed for GET and HEAD requests');
    if (config.namesMoments === true)
      throw wrong('this route covers all moments: select them with its own parameters');
    if (request.is404 || !acceptsMoment(config)) throw wrong('this route does not depend on the past');
    const { position, time } = await resolveMoment(asked, options);
    limitLists(request);
    const answer = await options.ask({
      // A HEAD response needs the headers of the GET, such as the ETag, which is computed from the body.
      method: 'GET',
      url: withoutMoment(request.url),
      headers: passedHeaders(request),
      caller: { principal: request.principal, isOperator: request.isOperator },
      position,
      time,
    });
    return await send(request, reply, position, time, answer);
  });
}

/** Whether a GET of this route can be requested as of a moment. */
export function acceptsMoment({ access, live, namesMoments }: FastifyContextConfig): boolean {
  return access !== undefined && live !== true && namesMoments !== true && !ALWAYS_PRESENT.has(access.who);
}

/**
 * Returns the statuses that a GET may return because a moment is requested: it is invalid (400), no event was recorded before it (404), the data are
 * not recorded (409), or the history no longer includes it (410). An object may also have been absent then.
 */
export function refusalsAsOf(config: FastifyContextConfig): readonly (400 | 404 | 409 | 410)[] {
  return acceptsMoment(config) ? [400, 404, 409, 410] : [400];
}

function momentAsked(request: FastifyRequest): string | undefined {
  const header = request.headers[AS_OF_HEADER.toLowerCase()];
  const parameter = (request.query as Readonly<Record<string, unknown>> | null)?.[PARAMETER];
  if (header === undefined && parameter === undefined) return undefined;
  if (header !== undefined && parameter !== undefined) throw wrong('is in both the header and the URL');
  const asked = header ?? parameter;
  if (typeof asked !== 'string') throw wrong('is given more than once');
  return asked;
}

function limitLists(request: FastifyRequest): void {
  const { limit } = (request.query ?? {}) as { readonly limit?: unknown };
  if (typeof limit === 'string' && Number(limit) > MOST_LISTED)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'limit',
      problem: `must be at most ${MOST_LISTED} for a past moment`,
    });
}

function withoutMoment(url: string): string {
  const [path = '', ...queries] = url.split('?');
  const rest = queries
    .join('?')
    .split('&')
    .filter((each) => each !== '' && !new URLSearchParams(each).has(PARAMETER));
  return rest.length === 0 ? path : `${path}?${rest.join('&')}`;
}

function passedHeaders(request: FastifyRequest): Record<string, string> {
  const passed = Object.fromEntries(
    PASSED_HEADERS.flatMap((name) => {
      const value = request.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return isPresent(request.headers, SURFACE_HEADER) ? { ...passed, [SURFACE_HEADER]: NO_CREDENTIAL } : passed;
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  position: bigint,
  time: number,
  { status, headers, body, from, until, lacks }: PastAnswer,
): Promise<FastifyReply> {
  reply.code(status);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !OWN_HEADERS.has(name)) reply.header(name, value);
  reply
    .header(AS_OF_HEADER, position.toString())
    .header('Memento-Datetime', new Date(time).toUTCString())
    // The response depends on this header, so without `Vary` a cache would mix moments.
    .header('Vary', varyOn(AS_OF_HEADER));
  if (status < 400) {
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    reply
      .header('X-Muster-Same-From', from.toString())
      .header('ETag', etag)
      .header('Cache-Control', REVALIDATED)
      .header('Link', links(request.url, from, until));
    if (until !== undefined) reply.header('X-Muster-Same-Until', until.toString());
    if (lacks.length > 0) reply.header('X-Muster-As-Of-Lacks', lacks.join(', '));
    if (request.headers['if-none-match'] === etag) return await reply.code(304).send();
  }
  return await reply.send(request.method === 'HEAD' ? '' : Buffer.from(body));
}

/** Returns links to the moments before and after this response, as specified in RFC 7089. */
function links(url: string, from: bigint, until: bigint | undefined): string {
  const path = withoutMoment(url);
  const at = (position: bigint): string =>
    `<${path}${path.includes('?') ? '&' : '?'}${PARAMETER}=${position}>`;
  return [
    ...(from > 0n ? [`${at(from - 1n)}; rel="prev memento"`] : []),
    ...(until === undefined ? [] : [`${at(until)}; rel="next memento"`]),
    `<${path}>; rel="original"`,
  ].join(', ');
}

function wrong(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: PARAMETER, problem });
}
