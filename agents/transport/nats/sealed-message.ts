import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { JOIN_KEY, NODE_SECRET_PREFIX } from '../../node-secret.js';
import type { Fields } from './message.js';

/** `1`: the data is a sealed message of this form. */
export const SEALED_HEADER = 'x-muster-sealed';
/** Which secret it is sealed with: {@link JOIN_KEY}, or what a node's own secret names. */
export const KEY_HEADER = 'x-muster-key';
/** Id of a request: 16 random bytes in base64url. Its answer is bound to it, and a second message with it is not heard. */
export const MESSAGE_ID_HEADER = 'x-muster-message';
export const SEALED_VERSION = '1';

const KEY_LABEL = 'muster: messages between servers and an agent';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes that say how long the fields are, which stand before the body. */
const LENGTH_BYTES = 4;

/** What both ends of a channel make of a secret that they share. */
export interface ChannelKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/** Which message it is: part of its key, so that no message passes for another one. */
export interface MessagePlace {
  readonly direction: 'request' | 'reply';
  /** Of the request, for its reply too. */
  readonly subject: string;
  readonly id: string;
}

/** What is sealed: the headers of a message of ours, and its body. */
export interface Unsealed {
  readonly fields: Fields;
  readonly body: Uint8Array;
}

/** The key of a node's secret or of the join token. Neither can be found out by it. */
export function channelKeyOf(secret: string): ChannelKey {
  const ofNode = secret.startsWith(NODE_SECRET_PREFIX) ? secret.slice(NODE_SECRET_PREFIX.length, secret.indexOf('_', NODE_SECRET_PREFIX.length)) : undefined;
  return { name: ofNode ?? JOIN_KEY, key: new Uint8Array(hkdfSync('sha256', secret, '', KEY_LABEL, 32)) };
}

/** Makes keys of secrets, and remembers the newest of them. */
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

/** Seals a message: AES-256-GCM with a key of the message's own and a random nonce. */
export function seal({ key }: ChannelKey, place: MessagePlace, { fields, body }: Unsealed): Uint8Array {
  const named = Buffer.from(JSON.stringify(fields));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(named.length);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(key, place), nonce);
  return Buffer.concat([nonce, cipher.update(length), cipher.update(named), cipher.update(body), cipher.final(), cipher.getAuthTag()]);
}

/** Opens a sealed message; undefined where it was sealed with another key or for another place, or was altered. */
export function unseal({ key }: ChannelKey, place: MessagePlace, sealed: Uint8Array): Unsealed | undefined {
  if (sealed.length < NONCE_BYTES + LENGTH_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(key, place), sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  let open: Buffer;
  try {
    open = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
  const end = LENGTH_BYTES + open.readUInt32BE(0);
  if (end > open.length) return undefined;
  const fields = fieldsIn(open.subarray(LENGTH_BYTES, end).toString());
  return fields && { fields, body: open.subarray(end) };
}

/** A key for one message and its direction: no number of messages wears the channel's key out. */
function keyOf(key: Uint8Array, { direction, subject, id }: MessagePlace): Uint8Array {
  return createHmac('sha256', key).update(`${direction}\n${subject}\n${id}`).digest();
}

/** Only who has the secret gets this far; what is no object of texts is all the same no message. */
function fieldsIn(text: string): Fields | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(parsed)) if (typeof value === 'string') fields[name.toLowerCase()] ??= value;
  return fields;
}

/** Ids of messages that are remembered as heard. */
const REMEMBERED = 65_536;

/** The messages that one end has heard: one that comes a second time, by the network or by somebody who recorded it, is not heard again. */
export class HeardMessages {
  readonly #ids = new Set<string>();

  /** Whether this id is new. */
  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > REMEMBERED) for (const oldest of this.#ids) return this.#ids.delete(oldest);
    return true;
  }
}
