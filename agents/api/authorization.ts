import { createHash, timingSafeEqual } from 'node:crypto';
import { MusterError } from '#domain/errors/index.js';

/** What an agent demands of who speaks to it. */
export interface Demanded {
  /** What must be shown as Bearer; undefined: the node has no secret yet, and nobody is let in. */
  token(): string | undefined;
}

/** Throws `MUSTER_E_UNAUTHORIZED` for who does not show what is demanded. */
export function checkBearer(header: string | undefined, { token }: Demanded): void {
  const demanded = token();
  if (demanded === undefined) throw refusal('this agent has not joined yet: no server can know what to show');
  if (!isBearer(header, demanded))
    throw refusal(
      header === undefined ? 'send what is made of the secret of this node as Bearer' : 'what was sent as Bearer is not made of the secret of this node',
    );
}

function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}

/** Whether an `Authorization` header is the bearer token; takes the same time whatever is wrong with it. */
function isBearer(header: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
