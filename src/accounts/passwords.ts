import { randomBytes } from 'node:crypto';
import type { Options } from '@node-rs/argon2';
import { MusterError } from '#domain/errors/index.js';
import { BoundedCalls, type CallBounds } from '#src/engine/concurrency/index.js';
import { checkPassword, passwordProblem } from '#domain/user/password.js';

/** What a hash costs: KiB, passes, lanes. */
export type PasswordCost = Required<Pick<Options, 'memoryCost' | 'timeCost' | 'parallelism'>>;

/** argon2id (its default) with OWASP's first recommendation for it: 19 MiB, two passes, one lane. About 50 ms. */
const COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes passwords and compares them, a few at a time: logins are slow on purpose, and must not slow down the rest. */
export class Passwords {
  readonly #calls: BoundedCalls;
  readonly #cost: PasswordCost;
  readonly #nobodys: string;

  /** @param bounds cores − 1 at once leave one for everything else. */
  constructor(bounds: CallBounds, cost = COST) {
    this.#cost = cost;
    this.#nobodys = nobodysHash(cost);
    this.#calls = new BoundedCalls(bounds, () => new MusterError('MUSTER_E_OVERLOADED', { what: 'passwords waiting to be hashed' }));
  }

  /** The hash, as a PHC string. Throws `MUSTER_E_INVALID` for a password that cannot be one: 8 to 128 characters, none cut off. */
  async hash(password: string): Promise<string> {
    checkPassword(password);
    const { hash } = await argon2();
    return await this.#calls.run(() => hash(password, this.#cost));
  }

  /** Whether it is the password. Without a hash, or for a password that nobody can have, it takes as long and is wrong. */
  async matches(known: string | undefined, password: string): Promise<boolean> {
    const possible = passwordProblem(password) === undefined;
    const against = known !== undefined && possible ? known : this.#nobodys;
    const { verify } = await argon2();
    const same = await this.#calls.run(() => verify(against, possible ? password : 'nobody has this password'));
    return same && known !== undefined && possible;
  }
}

/** Loaded with the first password: a start needs none. */
async function argon2(): Promise<typeof import('@node-rs/argon2')> {
  return await import('@node-rs/argon2');
}

/** A hash that no password has, made without hashing: random bytes in the shape of one. To compare with it takes as long as with any other. */
function nobodysHash({ memoryCost, timeCost, parallelism }: PasswordCost): string {
  const text = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
}
