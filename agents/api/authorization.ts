import { createHash, timingSafeEqual } from 'node:crypto';
import { MusterError } from '#domain/kernel/errors/index.js';

export interface Demanded {
  token(): string | undefined;
}

export function checkBearer(header: string | undefined, { token }: Demanded): void {
  const demanded = token();
  if (demanded === undefined)
    throw refusal('this agent has not joined yet, so it does not accept Bearer tokens');
  if (!isBearer(header, demanded))
    throw refusal(
      header === undefined
        ? 'send the Bearer token derived from the secret of this node'
        : 'the Bearer token is not the one derived from the secret of this node',
    );
}

function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}

/** Compares the token in constant time. */
function isBearer(header: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
