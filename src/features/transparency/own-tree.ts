import { CLUSTER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { TreeCheckpoint } from './checkpoint.js';
import { openTreeWith } from './known-tree.js';
import { readUnverifiedCheckpoint } from './kept-checkpoint.js';
import { leafHash } from './hashing.js';
import { leafOf } from './leaf.js';
import { logOf, originFrom } from './origin.js';
import { alteredEntries, type AlteredEntry } from './recheck.js';
import { TileStore } from './tile-store.js';
import { compareWithCheckpoint } from './audit.js';
import { rootOf } from './tree.js';

/** Maximum number of entries that are named. Further ones are only counted. */
const NAMED = 20;

export interface OwnTreeComparison {
  /** Number of entries of the tree that the log was compared with. */
  readonly size: number;
  readonly named: readonly AlteredEntry[];
  /** Number of entries that differ, named or not. */
  readonly altered: number;
  /** Describes the difference if the hashes of the signed entries are lost. */
  readonly problem: string | undefined;
  /** Index of the entry from which on the log was replaced by a restore, which an operator has marked with a new epoch. */
  readonly restoredAt: number | undefined;
}

/**
 * Compares the log with the tree and the signed checkpoint in a data directory. Undefined if there is neither. Signatures are not verified, because
 * that needs the data key: somebody who can alter the log can alter these files too, which only a checkpoint that is stored elsewhere reveals.
 */
export async function compareWithOwnTree(
  directory: string,
  store: Pick<EventStore, 'id' | 'readAll'>,
  isOwnStream: (stream: string) => boolean,
): Promise<OwnTreeComparison | undefined> {
  async function* events(): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const page of store.readAll())
      for (const event of page) if (isOwnStream(event.stream)) yield event;
  }
  const signed = await signedOf(directory, store.id, events());
  const tiles = signedTree(directory, store.id, signed);
  if (tiles === undefined) return signed && (await compareRoot(events(), signed));
  try {
    const { size } = tiles.state();
    const named: AlteredEntry[] = [];
    let altered = 0;
    for await (const entry of alteredEntries({ store, tiles, isOwnStream }, 0, size)) {
      if (named.length === altered && isEpoch(entry.event))
        return { size, named, altered, problem: undefined, restoredAt: entry.index };
      altered += 1;
      if (named.length < NAMED) named.push(entry);
    }
    return { size, named, altered, problem: undefined, restoredAt: undefined };
  } finally {
    tiles.close();
  }
}

/** Returns the signed checkpoint. Undefined if there is none, or if it is of a log that begins with another event. */
async function signedOf(
  directory: string,
  storeId: string,
  events: AsyncIterable<RecordedEvent>,
): Promise<TreeCheckpoint | undefined> {
  const kept = readUnverifiedCheckpoint(directory);
  if (kept === undefined || kept.log === storeId) return kept?.checkpoint;
  for await (const first of events)
    return originFrom(leafHash(leafOf(first))) === logOf(kept.checkpoint.origin)
      ? kept.checkpoint
      : undefined;
  return undefined;
}

/** Opens the newest tree that contains what was signed. Undefined if there is none. */
function signedTree(
  directory: string,
  storeId: string,
  signed: TreeCheckpoint | undefined,
): TileStore | undefined {
  const tiles = TileStore.openReadOnly(directory, storeId);
  if (signed === undefined) return tiles;
  if (
    tiles !== undefined &&
    tiles.state().size >= signed.size &&
    rootOf(tiles, signed.size).equals(signed.root)
  )
    return tiles;
  tiles?.close();
  return openTreeWith(directory, signed);
}

function isEpoch(event: RecordedEvent | undefined): boolean {
  return event?.stream === CLUSTER_STREAM && event.type === 'LogEpochBegan';
}

/** Compares only the root, because the hashes of the entries are lost. */
async function compareRoot(
  events: AsyncIterable<RecordedEvent>,
  signed: TreeCheckpoint,
): Promise<OwnTreeComparison> {
  const problem = (await compareWithCheckpoint(events, signed))?.problem;
  const altered = problem === undefined ? 0 : 1;
  return { size: signed.size, named: [], altered, problem, restoredAt: undefined };
}
