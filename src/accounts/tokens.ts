import { createHash } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '#domain/kernel/ports/clock.js';

export const ISSUER = 'muster';
export const AUDIENCE = 'muster';
export const TOKEN_SECONDS = 24 * 3600;
export const CLOCK_TOLERANCE = 5;

export const HEADER = { alg: 'HS256', typ: 'JWT' } as const;
/** The only accepted header. A token with a different header was not issued by Muster. */
export const HEADER_TEXT = `${Buffer.from(JSON.stringify(HEADER)).toString('base64url')}.`;
export const MAX_TOKEN = 2048;

const REMEMBERED = 10_000;

const claims = z.object({
  sub: z.string().max(100),
  sid: z.string().max(100),
  exp: z.number(),
  nbf: z.number(),
  iat: z.number(),
});

export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Whether a token consists of three parts in canonical base64url. jose's decoder also accepts spaces, padding and stray characters. */
export function isCompact(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 &&
    parts.every(
      (part) =>
        /^[A-Za-z0-9_-]+$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part,
    )
  );
}

export class Tokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  /** Verified claims by token digest, so that each signature is checked only once. */
  readonly #signed = new LRUCache<string, z.infer<typeof claims>>({ max: REMEMBERED });

  constructor(secret: Uint8Array, clock: Clock) {
    if (secret.byteLength < 32) throw new RangeError('a secret for HS256 must have at least 32 bytes');
    this.#secret = secret;
    this.#clock = clock;
  }

  async sign({ userId, sessionId }: TokenClaims, expiresAt: number): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1000);
    return await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ ...HEADER })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(this.#secret);
  }

  async verify(token: string): Promise<TokenClaims | undefined> {
    if (token.length > MAX_TOKEN || !token.startsWith(HEADER_TEXT)) return undefined;
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.#signed.get(digest);
    if (known !== undefined) return this.#holdsNow(known) ? named(known) : undefined;
    if (!isCompact(token)) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: [HEADER.alg],
        typ: HEADER.typ,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'nbf', 'sub', 'sid'],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(this.#clock.now()),
      });
      const signed = claims.parse(payload);
      this.#signed.set(digest, signed);
      return named(signed);
    } catch {
      return undefined;
    }
  }

  #holdsNow({ exp, nbf }: z.infer<typeof claims>): boolean {
    const now = Math.floor(this.#clock.now() / 1000);
    return nbf <= now + CLOCK_TOLERANCE && exp > now - CLOCK_TOLERANCE;
  }
}

function named({ sub, sid }: z.infer<typeof claims>): TokenClaims {
  return { userId: sub, sessionId: sid };
}
