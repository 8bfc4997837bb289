import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * Encrypts with AES-256-GCM and a nonce derived from the text (HMAC-SHA-256, truncated to 96 bits; the idea of RFC 8452, implemented with standard
 * parts). The same text encrypted with the same key gives the same ciphertext, so equal sealed texts can be recognized, and no nonce is used for two
 * texts. `context` is authenticated: decryption requires the same context.
 */
export function encrypt(key: Uint8Array, text: Uint8Array, context: string): Buffer {
  const nonce = createHmac('sha256', nonceKey(key))
    .update(`${context.length}:${context}`)
    .update(text)
    .digest()
    .subarray(0, NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** Returns undefined if the key or context is wrong, or if bytes were changed. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.byteLength < NONCE + TAG) return undefined;
  const tag = sealed.subarray(sealed.byteLength - TAG);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE, sealed.byteLength - TAG)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
}

function nonceKey(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('muster/nonce').digest();
}
