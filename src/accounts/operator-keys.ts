import { createHash, timingSafeEqual } from 'node:crypto';
import { OPERATOR } from '#domain/accounts/user/index.js';
import type { UserPrincipal } from './principal.js';
import type { OpenedUser } from './users.js';

export const OPERATOR_ACCOUNT: OpenedUser = {
  ...OPERATOR,
  username: OPERATOR.userId,
  email: null,
  fullName: null,
  firstName: null,
  lastName: null,
  active: true,
  erased: false,
  createdAt: 0,
  updatedAt: 0,
};

const PRINCIPAL: UserPrincipal = { kind: 'user', ...OPERATOR, via: 'apiKey' };

export class OperatorKeys {
  readonly #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digestOf);
  }

  identify(text: string): UserPrincipal | undefined {
    if (this.#digests.length === 0) return undefined;
    const given = digestOf(text);
    let found = false;
    for (const digest of this.#digests) found = timingSafeEqual(digest, given) || found;
    return found ? PRINCIPAL : undefined;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
