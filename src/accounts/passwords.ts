import { randomBytes } from 'node:crypto';
import type { Options } from '@node-rs/argon2';
import { MusterError } from '#domain/kernel/errors/index.js';
import { BoundedCalls, type CallBounds } from '#src/engine/concurrency/index.js';
import { checkPassword, passwordProblem } from '#domain/accounts/user/password.js';

export type PasswordCost = Required<Pick<Options, 'memoryCost' | 'timeCost' | 'parallelism'>>;

/** argon2id with OWASP's first recommendation: 19 MiB, two passes, one lane. Takes about 50 ms. */
const COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and compares passwords with limited concurrency, because hashing is slow on purpose and must not slow down other work. */
export class Passwords {
  readonly #calls: BoundedCalls;
  readonly #cost: PasswordCost;
  readonly #nobodys: string;

  constructor(bounds: CallBounds, cost = COST) {
    this.#cost = cost;
    this.#nobodys = nobodysHash(cost);
    this.#calls = new BoundedCalls(
      bounds,
      () => new MusterError('MUSTER_E_OVERLOADED', { what: 'too many passwords are waiting to be hashed' }),
    );
  }

  /** Returns a PHC string. Throws `MUSTER_E_INVALID` unless the password has 8 to 128 characters. */
  async hash(password: string): Promise<string> {
    checkPassword(password);
    const { hash } = await argon2();
    return await this.#calls.run(() => hash(password, this.#cost));
  }

  /** Whether the password is correct. A missing hash or a password of invalid length never matches, but takes just as long. */
  async matches(known: string | undefined, password: string): Promise<boolean> {
    const possible = passwordProblem(password) === undefined;
    const against = known !== undefined && possible ? known : this.#nobodys;
    const { verify } = await argon2();
    const same = await this.#calls.run(() =>
      verify(against, possible ? password : 'nobody has this password'),
    );
    return same && known !== undefined && possible;
  }
}

async function argon2(): Promise<typeof import('@node-rs/argon2')> {
  return await import('@node-rs/argon2');
}

/** Returns a hash that matches no password: random bytes in the right format, which take as long to compare as a real hash. */
function nobodysHash({ memoryCost, timeCost, parallelism }: PasswordCost): string {
  const text = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
}
