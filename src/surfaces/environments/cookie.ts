import type { FastifyReply, FastifyRequest } from 'fastify';
import { nameIn } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import { COOKIE_LIFETIME_MS } from '#domain/accounts/session/index.js';
import { SESSION_COOKIE } from '#src/accounts/index.js';
import type { ApiSettings } from '#src/surfaces/kit/index.js';

export type Reached = Pick<ApiSettings, 'host' | 'allowedHosts' | 'serverUrl'>;

/** Sets the session cookie of the contract, with protective attributes if the server is reachable from outside. */
export class SessionCookie {
  readonly #reachable: boolean;

  constructor(reached: Reached) {
    this.#reachable = isReachable(reached);
  }

  set(request: FastifyRequest, reply: FastifyReply, value: string): void {
    this.#write(request, reply, value, COOKIE_LIFETIME_MS / 1000);
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.#write(request, reply, '', 0);
  }

  /** Responses with a cookie must not be cached. */
  #write(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    // Browsers return a Secure cookie only over TLS, except to localhost.
    const guarded = this.#reachable || request.headers['x-forwarded-proto'] === 'https';
    reply.header(
      'set-cookie',
      `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; Max-Age=${seconds};${guarded ? ' Secure; SameSite=Lax' : ''}`,
    );
    reply.header('cache-control', 'no-store');
  }
}

/** Whether other machines can reach the server, by its address or through a proxy with a name of its own. */
export function isReachable({ host, allowedHosts = [], serverUrl }: Reached): boolean {
  const advertised =
    serverUrl !== undefined && URL.canParse(serverUrl)
      ? [new URL(serverUrl).hostname.replace(/^\[|\]$/g, '')]
      : [];
  return [host, ...allowedHosts.map((name) => nameIn(name) ?? name), ...advertised].some(
    (name) => !isLoopback(name),
  );
}
