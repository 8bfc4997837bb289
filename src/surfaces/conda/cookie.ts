import type { FastifyReply, FastifyRequest } from 'fastify';
import { nameIn } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import { COOKIE_LIFETIME_MS } from '#domain/session/index.js';
import { SESSION_COOKIE } from '#src/accounts/index.js';
import type { ApiSettings } from '#src/surfaces/kit/index.js';

/** The settings that say whether a server is reached from other machines. */
export type Reached = Pick<ApiSettings, 'host' | 'allowedHosts' | 'serverUrl'>;

/** Sets the cookie of a session: the contract's text, and what keeps it from others where the server is reached from elsewhere. */
export class SessionCookie {
  readonly #reachable: boolean;

  constructor(reached: Reached) {
    this.#reachable = isReachable(reached);
  }

  /** For fifteen minutes from now. `value`: what the authenticator makes of the session's id. */
  set(request: FastifyRequest, reply: FastifyReply, value: string): void {
    this.#write(request, reply, value, COOKIE_LIFETIME_MS / 1000);
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.#write(request, reply, '', 0);
  }

  /** An answer that holds a cookie is kept by nobody on its way. */
  #write(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    // To send it back, a browser demands TLS of what is Secure, but for this machine's own names.
    const guarded = this.#reachable || request.headers['x-forwarded-proto'] === 'https';
    reply.header('set-cookie', `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; Max-Age=${seconds};${guarded ? ' Secure; SameSite=Lax' : ''}`);
    reply.header('cache-control', 'no-store');
  }
}

/** Whether other machines reach it: by its address, or through what stands before it and is known by a name of its own. */
export function isReachable({ host, allowedHosts = [], serverUrl }: Reached): boolean {
  const advertised = serverUrl !== undefined && URL.canParse(serverUrl) ? [new URL(serverUrl).hostname.replace(/^\[|\]$/g, '')] : [];
  return [host, ...allowedHosts.map((name) => nameIn(name) ?? name), ...advertised].some((name) => !isLoopback(name));
}
