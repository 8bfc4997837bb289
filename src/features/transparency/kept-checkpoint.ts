import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncPath } from '#src/engine/sync-path.js';
import { readCheckpoint } from './audit.js';
import type { TreeCheckpoint } from './checkpoint.js';
import { noteSigner } from './note.js';
import { TLOG_FILE } from './tile-store.js';
import { hasCode } from '#agents/platform/error-code.js';

/** The newest signed checkpoint, stored separately from the tree, so that a tree rebuilt from an altered log cannot replace it. */
export const KEPT_CHECKPOINT_FILE = 'tlog.checkpoint';

export interface KeptCheckpoint {
  /** Id of the event store that contained the log. */
  readonly log: string;
  readonly note: string;
  readonly checkpoint: TreeCheckpoint;
}

/** Stores the checkpoint. It is durable when this function returns. */
export function keepCheckpoint(directory: string, { log, note }: Pick<KeptCheckpoint, 'log' | 'note'>): void {
  const file = join(directory, KEPT_CHECKPOINT_FILE);
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify({ log, note })}\n`, { mode: 0o600 });
  syncPath(draft);
  renameSync(draft, file);
  syncPath(directory);
}

/**
 * Returns the stored checkpoint, or undefined if there is none. Throws if the checkpoint was not signed with this key. Treating it as missing would
 * sign a log that was altered together with this file or the data key.
 */
export function readKeptCheckpoint(directory: string, seed: Uint8Array): KeptCheckpoint | undefined {
  const file = join(directory, KEPT_CHECKPOINT_FILE);
  const stored = readStored(file);
  if (stored === undefined) return undefined;
  const { log, note } = stored;
  const checkpoint = typeof note === 'string' ? ownCheckpoint(note, seed) : undefined;
  if (typeof log !== 'string' || typeof note !== 'string' || checkpoint === undefined) throw notOwn(file);
  return { log, note, checkpoint };
}

export function notOwn(file: string): Error {
  return new Error(
    `${file} was not signed with the key of this server, so nothing is signed. Restore the file or the data key; if the key was changed on purpose, move ${KEPT_CHECKPOINT_FILE} and ${TLOG_FILE} away`,
  );
}

/** Returns the stored checkpoint without verifying its signature, which needs the data key. Undefined if there is none. */
export function readUnverifiedCheckpoint(directory: string): KeptCheckpoint | undefined {
  const { log, note } = readStored(join(directory, KEPT_CHECKPOINT_FILE)) ?? {};
  const checkpoint = typeof note === 'string' ? readCheckpoint(note, undefined) : undefined;
  if (typeof log !== 'string' || typeof note !== 'string' || typeof checkpoint !== 'object') return undefined;
  return { log, note, checkpoint };
}

/** Returns the number of events in the stored checkpoint, without verifying its signature. */
export function signedSizeIn(directory: string): number {
  return readUnverifiedCheckpoint(directory)?.checkpoint.size ?? 0;
}

/** Returns the signed note in the text of {@link KEPT_CHECKPOINT_FILE}. Undefined for any other text. */
export function noteInKept(text: string): string | undefined {
  const { note } = parsed(text);
  return typeof note === 'string' ? note : undefined;
}

function readStored(file: string): ReturnType<typeof parsed> | undefined {
  try {
    return parsed(readFileSync(file, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Returns a checkpoint of any log that this key has signed. Undefined if the note is not such a checkpoint. */
export function ownCheckpoint(note: string, seed: Uint8Array): TreeCheckpoint | undefined {
  const unverified = readCheckpoint(note, undefined);
  if (typeof unverified === 'string') return undefined;
  const checkpoint = readCheckpoint(note, noteSigner(unverified.origin, seed));
  return typeof checkpoint === 'string' ? undefined : checkpoint;
}

function parsed(text: string): { readonly log?: unknown; readonly note?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { readonly log?: unknown; readonly note?: unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
