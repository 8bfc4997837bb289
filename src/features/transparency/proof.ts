import { nodeHash } from './hashing.js';

/**
 * Computes the root from a leaf's hash and its inclusion proof (RFC 9162, section 2.1.3.2). Returns undefined if the index is out of range or the
 * proof has the wrong length for the size.
 */
export function rootFromInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
): Buffer | undefined {
  if (!(index >= 0 && index < size)) return undefined;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const hash of proof) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      root = nodeHash(hash, root);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = nodeHash(root, hash);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? root : undefined;
}

/** Returns whether a proof shows that the tree of `size` leaves begins with the tree of `before` leaves (RFC 9162, section 2.1.4.2). */
export function isConsistent(
  before: { readonly size: number; readonly root: Buffer },
  { size, root }: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (before.size > size) return false;
  if (before.size === size) return proof.length === 0 && before.root.equals(root);
  if (before.size === 0) return proof.length === 0;
  const hashes = isPowerOfTwo(before.size) ? [before.root, ...proof] : [...proof];
  let node = before.size - 1;
  let last = size - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  const [first, ...rest] = hashes;
  if (first === undefined) return false;
  let [old, now] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(hash, old);
      now = nodeHash(hash, now);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      now = nodeHash(now, hash);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && old.equals(before.root) && now.equals(root);
}

/** Sizes can exceed 2^32, so bit operations cannot be used. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value;
}
