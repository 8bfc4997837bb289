import { sameSecret } from '#agents/platform/same-secret.js';
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
  readonly #keys: readonly string[];

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** Compares all keys, so that the time does not tell which one was given. */
  identify(text: string): UserPrincipal | undefined {
    const found = this.#keys.filter((key) => sameSecret(key, text));
    return found.length > 0 ? PRINCIPAL : undefined;
  }
}
