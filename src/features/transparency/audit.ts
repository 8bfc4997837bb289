import { parseCheckpoint, type TreeCheckpoint } from './checkpoint.js';
import { isCosignedBy, type WitnessKey } from './cosignature.js';
import { HASH_BYTES, leafHash } from './hashing.js';
import { leafOf, type LeafEvent } from './leaf.js';
import { isSignedBy, parseNote, type NoteVerifier } from './note.js';
import { logOf, originFrom } from './origin.js';
import { rootFromInclusion } from './proof.js';
import { TILE_WIDTH, widthIn } from './tile-path.js';
import { parseTlogProof } from './tlog-proof.js';
import { RootBuilder } from './tree.js';

/**
 * Parses a signed checkpoint. Its signatures are verified only if a key is given; all witnesses must then have cosigned it. Returns the checkpoint,
 * or a description of the problem.
 */
export function readCheckpoint(
  note: string,
  key: NoteVerifier | undefined,
  witnesses: readonly WitnessKey[] = [],
): TreeCheckpoint | string {
  const parsed = parseNote(note);
  const checkpoint = parsed && parseCheckpoint(parsed.text);
  if (parsed === undefined || checkpoint === undefined) return 'not a signed checkpoint';
  if (key === undefined) return checkpoint;
  if (checkpoint.origin !== key.name)
    return `the checkpoint belongs to the log ${checkpoint.origin}, but the key to ${key.name}`;
  if (!isSignedBy(parsed, key)) return 'the checkpoint is not signed by this key, or was altered';
  const missing = witnesses.find((witness) => !isCosignedBy(note, witness));
  return missing === undefined ? checkpoint : `the checkpoint is not cosigned by the witness ${missing.name}`;
}

export function checkEvidence(
  event: LeafEvent,
  proof: string,
  key: NoteVerifier,
  witnesses: readonly WitnessKey[] = [],
): TreeCheckpoint | string {
  const parsed = parseTlogProof(proof);
  if (parsed === undefined) return 'the proof is not in the format c2sp.org/tlog-proof@v1';
  const checkpoint = readCheckpoint(parsed.note, key, witnesses);
  if (typeof checkpoint === 'string') return checkpoint;
  const { index, hashes } = parsed;
  const root = rootFromInclusion(leafHash(leafOf(event)), index, checkpoint.size, hashes);
  if (root === undefined)
    return `the proof does not match entry ${index} of a tree of ${checkpoint.size} entries`;
  return root.equals(checkpoint.root)
    ? checkpoint
    : `entry ${index} of the log is not this event: the event or its proof was altered`;
}

export interface LogDifference {
  /** Index of the first entry that is known to differ. Undefined if it cannot be determined. */
  readonly index?: number;
  readonly event?: LeafEvent;
  readonly problem: string;
}

/** Hashes of the first entries of a log, from a source other than the log itself. */
export interface KnownLeaves {
  readonly size: number;
  leaf(index: number): Buffer;
}

export function leavesOfTiles(size: number, tile: (n: number, width: number) => Buffer): KnownLeaves {
  let read: { readonly n: number; readonly hashes: Buffer } = { n: -1, hashes: Buffer.alloc(0) };
  return {
    size,
    leaf(index) {
      const n = Math.floor(index / TILE_WIDTH);
      if (read.n !== n) read = { n, hashes: tile(n, widthIn(size, 0, n)) };
      const at = (index % TILE_WIDTH) * HASH_BYTES;
      return read.hashes.subarray(at, at + HASH_BYTES);
    },
  };
}

/**
 * Compares a log with a saved checkpoint. `known`: hashes of the log's entries. If they match the checkpoint's root, they are genuine and are used to
 * find the first entry that differs.
 */
export async function compareWithCheckpoint(
  events: AsyncIterable<LeafEvent>,
  checkpoint: TreeCheckpoint,
  known?: KnownLeaves,
): Promise<LogDifference | undefined> {
  const { size, root, origin } = checkpoint;
  const genuine = known !== undefined && haveRoot(known, checkpoint) ? known : undefined;
  const builder = new RootBuilder();
  let first: LogDifference | undefined;
  for await (const event of events) {
    if (builder.size === size) break;
    const index = builder.size;
    const hash = leafHash(leafOf(event));
    if (index === 0 && originFrom(hash) !== logOf(origin))
      first ??= { index, event, problem: `the log does not begin with the first event of ${origin}` };
    if (first === undefined && genuine !== undefined && !genuine.leaf(index).equals(hash))
      first = { index, event, problem: `entry ${index} is not what was signed` };
    builder.add(hash);
  }
  if (first !== undefined) return first;
  if (builder.size < size)
    return {
      index: builder.size,
      problem: `the log has only ${builder.size} of the ${size} events that were signed`,
    };
  if (builder.root().equals(root)) return undefined;
  return { problem: `the first ${size} events are not those that were signed` };
}

/** Returns whether these hashes are those of the checkpoint's entries. */
export function haveRoot(known: KnownLeaves, { size, root }: TreeCheckpoint): boolean {
  if (known.size < size) return false;
  const builder = new RootBuilder();
  for (let index = 0; index < size; index += 1) builder.add(known.leaf(index));
  return builder.root().equals(root);
}
