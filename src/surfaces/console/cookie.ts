import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_LIFETIME_MS } from '#domain/accounts/session/index.js';
import { CONSOLE_COOKIE, SECURE_CONSOLE_COOKIE } from '#src/accounts/index.js';
import { isReachable } from '#src/http/index.js';
import type { ConsoleSurface } from './surface.js';

/** Only the console's own pages send this cookie, and scripts cannot read it. */
export function setConsoleCookie(
  { parts }: Pick<ConsoleSurface, 'parts'>,
  request: FastifyRequest,
  reply: FastifyReply,
  value: string,
): void {
  // Browsers send a Secure cookie only over TLS, except to localhost.
  const guarded = isReachable(parts.settings) || request.headers['x-forwarded-proto'] === 'https';
  const seconds = value === '' ? 0 : CONSOLE_LIFETIME_MS / 1000;
  reply.header(
    'set-cookie',
    `${guarded ? SECURE_CONSOLE_COOKIE : CONSOLE_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${guarded ? '; Secure' : ''}`,
  );
}
