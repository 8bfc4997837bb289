import { SpanCache, type Span } from '../moment/span-cache.js';
import { pageSecret } from './page-secret.js';
import { compareClocks } from './server-time.js';

/** A request that was refused or failed. Status 0 means that the server could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | undefined = undefined,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Statuses after which the same request may succeed: the server cannot be reached, has too many requests of this account, or is not ready. */
const TEMPORARY: readonly number[] = [0, 429, 503];

/** Returns whether the same request may succeed later. */
export function mayPass(error: unknown): boolean {
  return error !== null && (!(error instanceof ApiError) || TEMPORARY.includes(error.status));
}

export interface Answer<Body> {
  readonly body: Body;
  /** Range of positions with the same response. Undefined for a response about the present. */
  readonly span: Span | undefined;
}

export interface Request {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Idempotency key of a command. */
  readonly key?: string;
  /** Position or time to read as of. Default: now. */
  readonly at?: string | undefined;
  readonly signal?: AbortSignal;
  /** Default: JSON. */
  readonly as?: 'json' | 'text' | 'response';
}

type Unauthorized = () => void;
let unauthorized: Unauthorized = () => undefined;
/** Sets the listener for requests that fail because the session has ended. */
export function onUnauthorized(listener: Unauthorized): void {
  unauthorized = listener;
}

const answers = new SpanCache<Answer<unknown>>();

/** Clears cached responses, because the previous account may have had access to more. */
export function forgetAnswers(): void {
  answers.clear();
}

/** Reads as of a moment, or now. A response about the past is returned from the cache if its span covers the moment. */
export async function read<Body>(
  path: string,
  at: string | undefined,
  signal?: AbortSignal,
): Promise<Answer<Body>> {
  const known = at === undefined ? undefined : answers.get(path, at);
  if (known !== undefined) return known as Answer<Body>;
  const response = await send(path, { at, ...(signal === undefined ? {} : { signal }) });
  const answer = { body: (await json(response)) as Body, span: spanOf(response) };
  if (at !== undefined && answer.span !== undefined) answers.add(path, answer.span, answer);
  return answer;
}

export interface ResolvedMoment {
  readonly position: string;
  /** Time of the latest event up to the position, to the second. */
  readonly at: Date;
}

/** Resolves a moment to its position and time. Both are read from headers, because the body is identical for a whole range of positions. */
export async function resolveMoment(at: string, signal: AbortSignal): Promise<ResolvedMoment> {
  const { headers } = await send('/console/api/overview', { method: 'HEAD', at, signal });
  return {
    position: headers.get('X-Muster-As-Of') ?? at,
    at: new Date(headers.get('Memento-Datetime') ?? ''),
  };
}

/** Returns a new idempotency key. `randomUUID` is unavailable to pages loaded over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

export async function command<Body>(path: string, request: Request): Promise<Body> {
  const response = await send(path, request);
  return (response.status === 204 ? undefined : await json(response)) as Body;
}

/** Sends a request with the console's header and the moment. All requests of the console go through this function. */
export async function send(
  path: string,
  { method = 'GET', body, key, at, signal }: Request,
): Promise<Response> {
  const headers: Record<string, string> = { 'X-Muster-Console': pageSecret() ?? 'none' };
  if (at !== undefined) headers['X-Muster-As-Of'] = at;
  if (key !== undefined) headers['Idempotency-Key'] = key;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      // The span cache holds responses about the past. The browser's cache would mix up moments if a server sent no `Vary` header.
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The server cannot be reached.');
  }
  compareClocks(response.headers.get('Date'));
  if (response.ok) return response;
  if (response.status === 401 && !path.endsWith('/session')) unauthorized();
  throw await refusal(response);
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(response.status, 'The response is not JSON. Is this a Muster server?');
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { error, message, detail, code } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const said = [error, message, detail].find((each) => typeof each === 'string');
    if (typeof said === 'string')
      return new ApiError(response.status, said, typeof code === 'string' ? code : undefined);
  } catch {
    // The body is not JSON, for example the error page of a proxy. The status is enough.
  }
  return new ApiError(
    response.status,
    `The server responded with ${response.status} ${response.statusText}`.trim(),
  );
}

function spanOf({ headers }: Response): Span | undefined {
  const from = headers.get('X-Muster-Same-From');
  const asOf = headers.get('X-Muster-As-Of');
  if (from === null || asOf === null) return undefined;
  const until = headers.get('X-Muster-Same-Until');
  return { from: BigInt(from), known: BigInt(asOf), until: until === null ? undefined : BigInt(until) };
}
