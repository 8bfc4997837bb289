import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Hashes of leaves and nodes have different prefixes, so that neither can be passed off as the other (RFC 6962, section 2.1). */
const LEAF = '\0';
const NODE = 1;
/** The prefix and two hashes. Used again for each node, because a log of a million events has a million nodes. */
const node = Buffer.of(NODE, ...new Uint8Array(2 * HASH_BYTES));

export function sha256(data: Uint8Array | string): Buffer {
  return hash('sha256', data, 'buffer');
}

/** @param entry bytes, or the text that they encode as UTF-8: hashing a text makes no copies */
export function leafHash(entry: Uint8Array | string): Buffer {
  return sha256(typeof entry === 'string' ? LEAF + entry : Buffer.concat([Buffer.from(LEAF), entry]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

export function emptyRoot(): Buffer {
  return sha256('');
}
