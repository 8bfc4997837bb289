import { createHash, timingSafeEqual } from 'node:crypto';
import { OPERATOR } from '#domain/user/index.js';
import type { UserPrincipal } from './principal.js';
import type { OpenedUser } from './users.js';

/** As an account would be shown, were it one. */
export const OPERATOR_ACCOUNT: OpenedUser = {
  ...{ ...OPERATOR, username: OPERATOR.userId, email: null, fullName: null, firstName: null, lastName: null },
  ...{ active: true, erased: false, createdAt: 0, updatedAt: 0 },
};

/** Who shows one of them. */
const PRINCIPAL: UserPrincipal = { kind: 'user', ...OPERATOR, via: 'apiKey' };

/** Keys that the operator has set, and that nobody issued: they may everything. Only their digests are kept. */
export class OperatorKeys {
  readonly #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digestOf);
  }

  /** Undefined: it is none of them. It is compared with all of them, in a time that says nothing of any. */
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
