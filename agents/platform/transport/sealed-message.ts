import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { JOIN_KEY, NODE_SECRET_PREFIX } from '../node-secret.js';
import type { Fields } from './nats/message.js';

/** `1` means that the data is a sealed message in the format of this module. */
export const SEALED_HEADER = 'x-muster-sealed';
export const KEY_HEADER = 'x-muster-key';
/** Request id: 16 random bytes in base64url. The reply is bound to it, and duplicates are ignored. */
export const MESSAGE_ID_HEADER = 'x-muster-message';
export const SEALED_VERSION = '1';

const KEY_LABEL = 'muster: messages between servers and an agent';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Length in bytes of the size field that precedes the header fields. The body follows the header fields. */
const LENGTH_BYTES = 4;

export interface ChannelKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/** Identifies a message. It is part of the message's key, so that no message can be replayed as a different one. */
export interface MessagePlace {
  readonly direction: 'request' | 'reply';
  readonly subject: string;
  readonly id: string;
}

export interface Unsealed {
  readonly fields: Fields;
  readonly body: Uint8Array;
}

export function channelKeyOf(secret: string): ChannelKey {
  const ofNode = secret.startsWith(NODE_SECRET_PREFIX)
    ? secret.slice(NODE_SECRET_PREFIX.length, secret.indexOf('_', NODE_SECRET_PREFIX.length))
    : undefined;
  return { name: ofNode ?? JOIN_KEY, key: new Uint8Array(hkdfSync('sha256', secret, '', KEY_LABEL, 32)) };
}

export function keysOfSecrets(remembered: number): (secret: string) => ChannelKey {
  const keys = new LRUCache<string, ChannelKey>({ max: remembered });
  return (secret) => {
    const key = keys.get(secret) ?? channelKeyOf(secret);
    keys.set(secret, key);
    return key;
  };
}

export function newMessageId(): string {
  return randomBytes(16).toString('base64url');
}

export function isMessageId(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9_-]{22}$/.test(text);
}

/** Seals a message with AES-256-GCM, using a separate key and a random nonce. */
export function seal({ key }: ChannelKey, place: MessagePlace, { fields, body }: Unsealed): Uint8Array {
  const named = Buffer.from(JSON.stringify(fields));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(named.length);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(key, place), nonce);
  return Buffer.concat([
    nonce,
    cipher.update(length),
    cipher.update(named),
    cipher.update(body),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Opens a sealed message. Returns undefined if the key or place differs, or if the data was altered. */
export function unseal({ key }: ChannelKey, place: MessagePlace, sealed: Uint8Array): Unsealed | undefined {
  if (sealed.length < NONCE_BYTES + LENGTH_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(key, place), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  let open: Buffer;
  try {
    open = Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
  const end = LENGTH_BYTES + open.readUInt32BE(0);
  if (end > open.length) return undefined;
  const fields = fieldsIn(open.subarray(LENGTH_BYTES, end).toString());
  return fields && { fields, body: open.subarray(end) };
}

/** Derives a key for one message and direction, so that the channel's key is not used for too much data. */
function keyOf(key: Uint8Array, { direction, subject, id }: MessagePlace): Uint8Array {
  return createHmac('sha256', key).update(`${direction}\n${subject}\n${id}`).digest();
}

/** The sender is authenticated at this point, but may still send something other than an object of strings. */
function fieldsIn(text: string): Fields | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(parsed))
    if (typeof value === 'string') fields[name.toLowerCase()] ??= value;
  return fields;
}

const REMEMBERED = 65_536;

/** Detects messages that arrive twice, either because of the network or because of a replay attack. */
export class HeardMessages {
  readonly #ids = new Set<string>();

  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > REMEMBERED) for (const oldest of this.#ids) return this.#ids.delete(oldest);
    return true;
  }
}
