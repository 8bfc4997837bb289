import type { FastifyReply, FastifyRequest } from 'fastify';
import { COOKIE_LIFETIME_MS } from '#domain/accounts/session/index.js';
import { SESSION_COOKIE } from '#src/accounts/index.js';
import { isReachable, type Reached } from '#src/http/index.js';

/** Sets the session cookie defined by the contract, with `Secure` and `SameSite=Lax` if the server is reachable from outside or behind HTTPS. */
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

  #write(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    const guarded = this.#reachable || request.headers['x-forwarded-proto'] === 'https';
    reply.header(
      'set-cookie',
      `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; Max-Age=${seconds};${guarded ? ' Secure; SameSite=Lax' : ''}`,
    );
  }
}
