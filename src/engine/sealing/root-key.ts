import { createHmac, hkdfSync } from 'node:crypto';

/** Purposes of derived keys. They are independent: one reveals nothing about the others. */
export type KeyPurpose =
  | 'configurations'
  | 'wrap'
  | 'reservations'
  | 'node-secrets'
  | 'addresses'
  | 'body-digests'
  | 'cookies'
  | 'api-keys';

/** The data key (32 bytes), and the keys derived from it. */
export class RootKey {
  readonly #keys = new Map<KeyPurpose, Buffer>();

  constructor(private readonly bytes: Uint8Array) {
    if (bytes.byteLength !== 32) throw new RangeError('a data key has 32 bytes');
  }

  /** Derives 32 bytes for one purpose. */
  derive(purpose: KeyPurpose): Buffer {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', this.bytes, Buffer.alloc(0), `muster/${purpose}`, 32));
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** A keyed digest: nobody can test guesses against it without the data key. */
  digest(purpose: KeyPurpose, text: string): Buffer {
    return createHmac('sha256', this.derive(purpose)).update(text).digest();
  }
}
