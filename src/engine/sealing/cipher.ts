import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * AES-256-GCM with a nonce made of the text (HMAC-SHA-256, cut to 96 bits; the construction of RFC 8452's idea with plain parts):
 * the same text under the same key is the same cipher text, so that what was sealed twice can be seen to be equal, and no nonce
 * ever stands for two texts. `context` is bound to it: it opens nowhere else.
 */
export function encrypt(key: Uint8Array, text: Uint8Array, context: string): Buffer {
  const nonce = createHmac('sha256', nonceKey(key)).update(`${context.length}:${context}`).update(text).digest().subarray(0, NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where the key or the context is another, or the bytes were changed. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.byteLength < NONCE + TAG) return undefined;
  const tag = sealed.subarray(sealed.byteLength - TAG);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG }).setAAD(Buffer.from(context)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.byteLength - TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function nonceKey(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('muster/nonce').digest();
}
