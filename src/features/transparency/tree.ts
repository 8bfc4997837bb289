import { emptyRoot, nodeHash } from './hashing.js';

/** Provides the hashes of complete subtrees. `index` is the number of the subtree among those with `2 ** height` leaves. */
export interface SubtreeHashes {
  subtree(height: number, index: number): Buffer;
}

/** Returns the root of the first `size` leaves. */
export function rootOf(hashes: SubtreeHashes, size: number): Buffer {
  return size === 0 ? emptyRoot() : rangeHash(hashes, 0, size);
}

/** Returns the inclusion proof of leaf `index`, from its sibling upwards. */
export function inclusionProof(hashes: SubtreeHashes, index: number, size: number): Buffer[] {
  if (!(index >= 0 && index < size))
    throw new RangeError(`leaf index ${index} is out of range: the tree has ${size} leaves`);
  return path(hashes, index, 0, size);
}

/** Returns the proof that the trees of `before` and of `size` leaves share their first `before` leaves. */
export function consistencyProof(hashes: SubtreeHashes, before: number, size: number): Buffer[] {
  if (!(before >= 0 && before <= size))
    throw new RangeError(`${before} is not an earlier tree size: the tree has ${size} leaves`);
  return before === 0 || before === size ? [] : subproof(hashes, before, 0, size, true);
}

function path(hashes: SubtreeHashes, index: number, start: number, end: number): Buffer[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return index < middle
    ? [...path(hashes, index, start, middle), rangeHash(hashes, middle, end)]
    : [...path(hashes, index, middle, end), rangeHash(hashes, start, middle)];
}

/** SUBPROOF of RFC 6962, section 2.1.2. `known` means that the verifier has the hash of this range, because it is the previous root. */
function subproof(
  hashes: SubtreeHashes,
  before: number,
  start: number,
  end: number,
  known: boolean,
): Buffer[] {
  if (before === end) return known ? [] : [rangeHash(hashes, start, end)];
  const middle = start + splitOf(end - start);
  return before <= middle
    ? [...subproof(hashes, before, start, middle, known), rangeHash(hashes, middle, end)]
    : [...subproof(hashes, before, middle, end, false), rangeHash(hashes, start, middle)];
}

function rangeHash(hashes: SubtreeHashes, start: number, end: number): Buffer {
  const width = end - start;
  const height = Math.round(Math.log2(width));
  if (2 ** height === width) return hashes.subtree(height, start / width);
  const middle = start + splitOf(width);
  return nodeHash(rangeHash(hashes, start, middle), rangeHash(hashes, middle, end));
}

function splitOf(width: number): number {
  let split = 2 ** Math.floor(Math.log2(width));
  if (split > width) split /= 2;
  return split === width ? width / 2 : split;
}

/** Computes the root of a growing tree, using an amount of memory that is logarithmic in its size. */
export class RootBuilder {
  readonly #edge: { height: number; hash: Buffer }[] = [];
  size = 0;

  add(leaf: Buffer): void {
    let next = { height: 0, hash: leaf };
    for (let last = this.#edge.at(-1); last?.height === next.height; last = this.#edge.at(-1)) {
      next = { height: next.height + 1, hash: nodeHash(last.hash, next.hash) };
      this.#edge.pop();
    }
    this.#edge.push(next);
    this.size += 1;
  }

  root(): Buffer {
    const last = this.#edge.at(-1);
    if (last === undefined) return emptyRoot();
    return this.#edge.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}
