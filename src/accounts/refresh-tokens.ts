import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { z } from 'zod';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { CLOCK_TOLERANCE, HEADER, HEADER_TEXT, ISSUER, isCompact, MAX_TOKEN } from './tokens.js';

const AUDIENCE = 'muster-refresh';

const claims = z.object({ sub: z.string().max(100), sid: z.string().max(100), jti: z.string().max(100) });

export interface RefreshClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshId: string;
}

export class RefreshTokens {
  constructor(
    private readonly secret: Uint8Array,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async sign({ userId, sessionId, refreshId }: RefreshClaims, expiresAt: number): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    return await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ ...HEADER })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setJti(refreshId)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(this.secret);
  }

  async verify(token: string): Promise<RefreshClaims | undefined> {
    if (token.length > MAX_TOKEN || !token.startsWith(HEADER_TEXT) || !isCompact(token)) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.secret, {
        algorithms: [HEADER.alg],
        typ: HEADER.typ,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'nbf', 'sub', 'sid', 'jti'],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(this.clock.now()),
      });
      const { sub, sid, jti } = claims.parse(payload);
      return { userId: sub, sessionId: sid, refreshId: jti };
    } catch {
      return undefined;
    }
  }
}
