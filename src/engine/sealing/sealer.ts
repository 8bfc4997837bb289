import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { personOf, subjectOf } from '#domain/kernel/sealing/index.js';
import { expiryClock, maxEntries } from '#src/engine/cache-options.js';
import { decrypt, encrypt } from './cipher.js';
import type { RootKey } from './root-key.js';
import type { SubjectKeys } from './subject-keys.js';

export interface SealerOptions {
  readonly keys: SubjectKeys;
  readonly root: RootKey;
  readonly clock: Clock;
  readonly store: string;
  /**
   * Milliseconds for which a key is used without querying the store: the maximum delay until a different server detects an erased key. 0 means that
   * the store is always queried. @default 5,000
   */
  readonly trustMs?: number;
  /** Maximum number of cached keys. @default 10,000 */
  readonly kept?: number;
}

export type WasErased = (userId: string) => Promise<boolean>;

const PROBE = 'probe';

export class Sealer {
  readonly #options: SealerOptions;
  readonly #wrap: Buffer;
  readonly #known: LRUCache<string, Buffer>;
  #storeId = '';
  #isNew = false;
  #wasErased: WasErased | undefined;
  readonly #asking = new Map<string, Promise<Buffer | undefined>>();

  private constructor(options: SealerOptions) {
    this.#options = options;
    this.#wrap = options.root.derive('wrap');
    const { clock, trustMs = 5_000, kept = 10_000 } = options;
    this.#known = new LRUCache({ ...maxEntries(kept), ttl: trustMs, ...expiryClock(clock) });
  }

  /** Throws `MUSTER_E_DATA_KEY_WRONG` if the store's keys were wrapped with a different data key. */
  static async open(options: SealerOptions): Promise<Sealer> {
    const sealer = new Sealer(options);
    sealer.#isNew = (await sealer.#find(PROBE)) === undefined;
    const probe = await sealer.#keyFor(PROBE);
    sealer.#storeId = createHmac('sha256', probe).update('muster/store-of-keys').digest('hex').slice(0, 32);
    return sealer;
  }

  /** Whether the store of keys was empty when it was opened. */
  get isNew(): boolean {
    return this.#isNew;
  }

  get storeId(): string {
    return this.#storeId;
  }

  sharesLog(wasErased: WasErased): void {
    this.#wasErased = wasErased;
  }

  async seal(subject: string, purpose: string, text: string): Promise<string> {
    const key = await this.#keyFor(subject);
    return `sealed:1:${subject}:${encrypt(key, Buffer.from(text), contextOf(subject, purpose)).toString('base64url')}`;
  }

  /**
   * Returns the text, or undefined if its key was erased. Throws if the text was sealed for a different purpose or was changed, and throws
   * `MUSTER_E_SEALING_KEY_MISSING` if a different server has its key.
   */
  async open(sealed: string, purpose: string): Promise<string | undefined> {
    const subject = subjectOf(sealed);
    if (subject === undefined)
      throw new MusterError('MUSTER_E_STORE_CORRUPT', { problem: `a sealed ${purpose} is malformed` });
    const key = await this.#find(subject);
    if (key === undefined) {
      // Only the keys of persons are ever erased.
      const userId = personOf(subject);
      const isElsewhere =
        this.#wasErased !== undefined && (userId === undefined || !(await this.#wasErased(userId)));
      if (isElsewhere) throw this.#missing(subject);
      return undefined;
    }
    const text = decrypt(
      key,
      Buffer.from(sealed.slice(sealed.lastIndexOf(':') + 1), 'base64url'),
      contextOf(subject, purpose),
    );
    if (text !== undefined) return text.toString();
    if (this.#wasErased !== undefined) throw this.#missing(subject);
    throw new MusterError('MUSTER_E_STORE_CORRUPT', {
      problem: `a sealed ${purpose} of ${subject} cannot be decrypted`,
    });
  }

  #missing(subject: string): MusterError {
    return new MusterError('MUSTER_E_SEALING_KEY_MISSING', { subject, store: this.#options.store });
  }

  async eraseKey(subject: string): Promise<void> {
    await this.#options.keys.delete(subject);
    this.#known.delete(subject);
  }

  async close(): Promise<void> {
    this.#known.clear();
    await this.#options.keys.close();
  }

  async #keyFor(subject: string): Promise<Buffer> {
    const found = await this.#find(subject);
    if (found !== undefined) return found;
    const fresh = randomBytes(32);
    const kept = await this.#options.keys.keep(subject, encrypt(this.#wrap, fresh, `wrapped/${subject}`));
    return this.#learn(subject, kept);
  }

  async #find(subject: string): Promise<Buffer | undefined> {
    const known = this.#known.get(subject);
    if (known !== undefined) return known;
    let asking = this.#asking.get(subject);
    if (asking === undefined) {
      asking = this.#ask(subject).finally(() => this.#asking.delete(subject));
      this.#asking.set(subject, asking);
    }
    return await asking;
  }

  async #ask(subject: string): Promise<Buffer | undefined> {
    const wrapped = await this.#options.keys.get(subject);
    if (wrapped !== undefined) return this.#learn(subject, wrapped);
    this.#known.delete(subject);
    return undefined;
  }

  #learn(subject: string, wrapped: Uint8Array): Buffer {
    const key = decrypt(this.#wrap, wrapped, `wrapped/${subject}`);
    if (key === undefined) throw new MusterError('MUSTER_E_DATA_KEY_WRONG', { store: this.#options.store });
    // Not cached if `trustMs` is 0, because the cache treats a ttl of 0 as unlimited.
    if (this.#options.trustMs !== 0) this.#known.set(subject, key);
    return key;
  }
}

function contextOf(subject: string, purpose: string): string {
  return `${subject}/${purpose}`;
}
