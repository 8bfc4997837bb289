import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Hashes of leaves and nodes have different prefixes, so that neither can be passed off as the other (RFC 6962, section 2.1). */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function sha256(data: Uint8Array | string): Buffer {
  return hash('sha256', data, 'buffer');
}

export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF, entry]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE, left, right]));
}

export function emptyRoot(): Buffer {
  return sha256('');
}
