import type { TileStore } from './tile-store.js';

/**
 * Returns the name of the tree: a digest of its first event and, after an adopted fork, the number of the epoch. The name is the same for every
 * server, and does not change when the log moves to a different store. The tree must have a leaf.
 */
export function originOf(tiles: Pick<TileStore, 'tile' | 'adoptedOrigin'>): string {
  const adopted = tiles.adoptedOrigin();
  if (adopted !== undefined) return adopted;
  const first = tiles.tile(0, 0, 1);
  if (first === undefined) throw new RangeError('an empty tree has no origin');
  return originFrom(first);
}

/** Returns the name of a tree without adopted forks. @param first hash of the first leaf. */
export function originFrom(first: Buffer): string {
  return `muster/${first.toString('hex').slice(0, 32)}`;
}

/** Returns the name without the epoch number. It identifies the log by its first event. */
export function logOf(origin: string): string {
  return origin.split('/').slice(0, 2).join('/');
}

/** Returns the number of the epoch, which is 1 until a fork is adopted. */
export function epochOf(origin: string): number {
  return Number(/^muster\/[0-9a-f]{32}\/([1-9]\d{0,8})$/.exec(origin)?.[1] ?? 1);
}
