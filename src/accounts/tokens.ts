import { createHash } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '#domain/ports/clock.js';

export const ISSUER = 'muster';
export const AUDIENCE = 'muster';
/** Seconds that a token is good for, unless its session ends before. */
export const TOKEN_SECONDS = 24 * 3600;
/** Seconds by which the clocks of two servers may differ. */
export const CLOCK_TOLERANCE = 5;

export const HEADER = { alg: 'HS256', typ: 'JWT' } as const;
/** The only header that there is. What has another one is not ours, whatever it says in it. */
export const HEADER_TEXT = `${Buffer.from(JSON.stringify(HEADER)).toString('base64url')}.`;
/** Ours have some 350 characters. */
export const MAX_TOKEN = 2048;

/** Tokens that are remembered, some 200 bytes each. */
const REMEMBERED = 10_000;

const claims = z.object({ sub: z.string().max(100), sid: z.string().max(100), exp: z.number(), nbf: z.number(), iat: z.number() });

/** What a token says. Nothing of it is believed but who and which session: both are looked up. */
export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Whether a text is three parts in base64url as it has to be written: jose's decoder takes spaces, padding and stray signs too. */
export function isCompact(token: string): boolean {
  const parts = token.split('.');
  return parts.length === 3 && parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** Signs and checks the tokens of sessions. */
export class Tokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  /** What was found signed, by the digest of its text: who calls often shows the same token, and its signature says the same each time. */
  readonly #signed = new LRUCache<string, z.infer<typeof claims>>({ max: REMEMBERED });

  /** `secret`: at least 32 bytes, the same on every server. */
  constructor(secret: Uint8Array, clock: Clock) {
    if (secret.byteLength < 32) throw new RangeError('a secret for HS256 has at least 32 bytes');
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

  /** What a token says, where it is one of ours and holds now; else undefined. */
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

  /** As jose asks it. */
  #holdsNow({ exp, nbf }: z.infer<typeof claims>): boolean {
    const now = Math.floor(this.#clock.now() / 1000);
    return nbf <= now + CLOCK_TOLERANCE && exp > now - CLOCK_TOLERANCE;
  }
}

function named({ sub, sid }: z.infer<typeof claims>): TokenClaims {
  return { userId: sub, sessionId: sid };
}
