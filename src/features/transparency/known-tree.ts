import { join } from 'node:path';
import { haveRoot, leavesOfTiles, type KnownLeaves } from './audit.js';
import type { TreeCheckpoint } from './checkpoint.js';
import { HASH_BYTES } from './hashing.js';
import { asides, TileStore, TLOG_FILE } from './tile-store.js';

/** Returns the hashes of the first `size` entries. A damaged tile has hashes that no entry has. */
export function leavesOf(tiles: Pick<TileStore, 'tile'>, size: number): KnownLeaves {
  return leavesOfTiles(size, (n, width) => tiles.tile(0, n, width) ?? Buffer.alloc(width * HASH_BYTES));
}

/**
 * Opens the newest tree of a data directory that contains the entries of this checkpoint. If the log was found to differ from the signed tree, that is
 * a file that was set aside. Reads every hash of the tree.
 */
export function openTreeWith(directory: string, checkpoint: TreeCheckpoint): TileStore | undefined {
  const former = [...asides(directory, 'differs'), ...asides(directory, 'damaged')].reverse();
  for (const name of [TLOG_FILE, ...former]) {
    const tiles = TileStore.openFileReadOnly(join(directory, name));
    if (tiles === undefined) continue;
    const { size } = checkpoint;
    if (tiles.state().size >= size && haveRoot(leavesOf(tiles, size), checkpoint)) return tiles;
    tiles.close();
  }
  return undefined;
}
