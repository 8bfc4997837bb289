import { request, type IncomingMessage } from 'node:http';
import type { HttpConfig } from '#domain/drivers/http/index.js';
import { connect } from './connection.js';
import { harmless, type Headers } from './headers.js';
import { connectThrough, type Proxy } from './proxy.js';
import { CallError, codeOf, leadsOut, shown, unreachable, type Target, type Targets } from './reach.js';

const MAX_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export interface Call {
  readonly url: string;
  readonly method: HttpConfig['method'];
  readonly headers: Headers;
  readonly body: Buffer | undefined;
}

export interface Redirect {
  readonly method: Call['method'];
  readonly status: number;
  readonly from: URL;
  /** Undefined if the response named an invalid URL. */
  readonly to: URL | undefined;
}

export interface CallParts {
  readonly reach: Targets;
  /** Returns the proxy for a URL on the Internet. Default: none. */
  readonly proxyOf?: (url: URL) => Proxy | undefined;
  readonly isFinal: (status: number) => boolean;
  readonly say: (line: string) => void;
  /** Called with a redirect that is not followed, because the request would get lost. Its response is returned. */
  readonly notFollowed?: (redirect: Redirect) => void;
  readonly signal: AbortSignal;
}

export async function makeCall(first: Call, parts: CallParts): Promise<IncomingMessage> {
  let call = first;
  for (let redirects = 0; ; redirects += 1) {
    const proxy = URL.canParse(call.url) ? parts.proxyOf?.(new URL(call.url)) : undefined;
    const target = await parts.reach.look(call.url, proxy !== undefined);
    const answer = await send(call, target, parts, leadsOut(target) ? proxy : undefined);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    parts.say(`${call.method} ${shown(target)}: ${status}`);
    if (location === undefined || !REDIRECTS.includes(status) || parts.isFinal(status)) return answer;
    if (wouldBecomeGet(call.method, status)) {
      const { method } = call;
      parts.notFollowed?.({ method, status, from: target.url, to: urlOf(location, target.url) });
      return answer;
    }
    answer.destroy();
    if (redirects === MAX_REDIRECTS) throw new CallError(`was redirected more than ${MAX_REDIRECTS} times`);
    call = redirected(call, target, location);
  }
}

/**
 * Returns whether browsers would follow the redirect with a GET (Fetch, "HTTP-redirect fetch"). The call is then not followed: its request and its body
 * would get lost, and the response of another page would count as its success.
 */
function wouldBecomeGet(method: Call['method'], status: number): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return status === 303 || (method === 'POST' && (status === 301 || status === 302));
}

/** @param isSecret whether the URL may be secret, so that no part of its path may be shown */
export function whyNotFollowed({ method, status, from, to }: Redirect, isSecret: boolean): string {
  const target = to === undefined ? 'an invalid URL' : isSecret ? withoutPath(to, from) : to.href;
  return (
    `the response has status ${status}, a redirect to ${target}. It was not followed, because the ${method} ` +
    `would become a GET without its body. Set the URL to one that accepts the ${method}`
  );
}

function withoutPath({ origin, pathname }: URL, from: URL): string {
  return `${pathname === from.pathname ? 'the same path' : 'another path'} of ${origin}`;
}

function urlOf(location: string, from: URL): URL | undefined {
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/** Builds the call that follows a redirect, with its method and body. */
function redirected(call: Call, { url }: Target, location: string): Call {
  const next = urlOf(location, url);
  if (next === undefined) throw new CallError(`${url.origin} redirected to an invalid URL`);
  const headers = next.origin === url.origin ? call.headers : harmless(call.headers);
  return { ...call, url: next.href, headers };
}

async function send(
  { method, headers, body }: Call,
  target: Target,
  { reach, signal }: CallParts,
  proxy: Proxy | undefined,
): Promise<IncomingMessage> {
  const { url } = target;
  const { socket, absolute } =
    proxy === undefined
      ? { socket: await connect(target, reach, signal), absolute: false }
      : await proxied(proxy, target, signal);
  const authorization = absolute ? proxy?.authorization : undefined;
  try {
    return await new Promise((resolve, reject) => {
      const sent = request({
        // Use this connection, without a pool or a second name lookup.
        createConnection: () => socket,
        method,
        path: `${absolute ? url.origin : ''}${url.pathname}${url.search}`,
        headers: {
          host: url.host,
          ...headers,
          ...(authorization !== undefined && { 'proxy-authorization': authorization }),
          ...(body !== undefined && { 'content-length': String(body.length) }),
        },
        signal,
      });
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.once('upgrade', () => reject(new Error('switched to another protocol')));
      sent.end(body);
    });
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw error;
    throw new CallError(`${shown(target)} sent no response (${codeOf(error)})`, { cause: error });
  }
}

async function proxied(proxy: Proxy, target: Target, signal: AbortSignal): ReturnType<typeof connectThrough> {
  try {
    return await connectThrough(proxy, target, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable(
      target.url,
      `the connection failed (${codeOf(error)})`,
      'the proxy did not connect',
      error,
    );
  }
}
