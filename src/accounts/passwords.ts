import { randomBytes } from 'node:crypto';
import { hash, verify, type Options } from '@node-rs/argon2';
import { HashPool, type HashPoolOptions } from './hash-pool.js';
import { checkPassword, passwordProblem } from './password-rule.js';

/** argon2id (its default) with OWASP's first recommendation for it: 19 MiB, two passes, one lane. About 50 ms. */
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes passwords and compares them, a few at a time. */
export class Passwords {
  readonly #pool: HashPool;
  #nobodys: Promise<string> | undefined;

  constructor(options: HashPoolOptions) {
    this.#pool = new HashPool(options);
  }

  /** The hash, as a PHC string. Throws `MUSTER_E_INVALID` for a password that cannot be one: 8 to 128 characters, none cut off. */
  async hash(password: string): Promise<string> {
    checkPassword(password);
    return await this.#pool.run(() => hash(password, COST));
  }

  /** Whether it is the password. Without a hash, or for a password that nobody can have, it takes as long and is wrong. */
  async matches(known: string | undefined, password: string): Promise<boolean> {
    const possible = passwordProblem(password) === undefined;
    const against = known !== undefined && possible ? known : await this.#nobody();
    const same = await this.#pool.run(() => verify(against, possible ? password : 'nobody has this password'));
    return same && known !== undefined && possible;
  }

  /** The hash of a password that nobody knows. Asked for at the start, so that the first wrong login takes no longer than others. */
  #nobody(): Promise<string> {
    this.#nobodys ??= this.#pool.run(() => hash(randomBytes(32), COST));
    return this.#nobodys;
  }

  async ready(): Promise<void> {
    await this.#nobody();
  }
}
