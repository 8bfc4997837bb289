import { createHmac, hkdfSync } from 'node:crypto';

/** Purposes of derived keys. The keys are independent: one reveals nothing about the others. */
export type KeyPurpose =
  | 'configurations'
  | 'wrap'
  | 'reservations'
  | 'node-secrets'
  | 'addresses'
  | 'body-digests'
  | 'challenges'
  | 'cookies'
  | 'api-keys'
  | 'checkpoints'
  | 'rotated-values'
  | 'server-messages';

export class RootKey {
  readonly #keys = new Map<KeyPurpose, Buffer>();

  constructor(private readonly bytes: Uint8Array) {
    if (bytes.byteLength !== 32) throw new RangeError('a data key must be 32 bytes long');
  }

  derive(purpose: KeyPurpose): Buffer {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', this.bytes, Buffer.alloc(0), `muster/${purpose}`, 32));
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** Returns a keyed digest. Without the data key, no one can test guesses against it. */
  digest(purpose: KeyPurpose, text: string): Buffer {
    return createHmac('sha256', this.derive(purpose)).update(text).digest();
  }
}
