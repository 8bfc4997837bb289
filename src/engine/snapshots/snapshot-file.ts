import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { threadId } from 'node:worker_threads';
import { isMusterError } from '#domain/errors/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { isMarked, type Bookmark } from './bookmark.js';

const CHUNK_CHARACTERS = 1 << 20;

/** Which state is kept: of which fold, over which log, as of which event. */
export interface SnapshotOf {
  /** See `digestOfFold`. */
  readonly fold: string;
  readonly store: string;
  readonly bookmark: Bookmark;
}

interface Header {
  readonly fold: string;
  readonly store: string;
  /** Decimal. */
  readonly position: string;
  readonly event: string;
  readonly found: { readonly stream: string; readonly revision: number } | { readonly previous: string | null };
}

function headerOf({ fold, store, bookmark }: SnapshotOf): Header {
  const { position, id } = bookmark;
  const { previous } = 'previous' in bookmark ? bookmark : { previous: undefined };
  const found =
    'stream' in bookmark ? { stream: bookmark.stream, revision: bookmark.revision } : { previous: previous === undefined ? null : String(previous) };
  return { fold, store, position: String(position), event: id, found };
}

function bookmarkOf({ position, event, found }: Header): Bookmark {
  const marked = { position: BigInt(position), id: event };
  if ('stream' in found) return { ...marked, stream: found.stream, revision: found.revision };
  return { ...marked, previous: found.previous === null ? undefined : BigInt(found.previous) };
}

/**
 * Writes a state next to the old one, then in its place: one JSON text a line, a header, the records, and the digest of all before it. It is
 * a cache: nothing waits for the disk, and a torn one is found by its digest. Yields about once a MiB, so that a caller whose thread
 * others need can let them run; the state must not change meanwhile.
 */
export function* writingSnapshot(file: string, of: SnapshotOf, records: Iterable<unknown>): Generator<void, void> {
  const temporary = `${file}.${threadId}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  let whole = false;
  try {
    const hash = createHash('sha256');
    let chunk = `${JSON.stringify(headerOf(of))}\n`;
    const flush = (): void => {
      hash.update(chunk);
      writeSync(descriptor, chunk);
      chunk = '';
    };
    for (const record of records) {
      chunk += `${JSON.stringify(record)}\n`;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      flush();
      yield;
    }
    flush();
    writeSync(descriptor, `${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
    whole = true;
  } finally {
    closeSync(descriptor);
    if (!whole) rmSync(temporary, { force: true });
  }
  renameSync(temporary, file);
}

/** Writes all of it at once. */
export function writeSnapshot(file: string, of: SnapshotOf, records: Iterable<unknown>): void {
  const writing = writingSnapshot(file, of, records);
  while (writing.next().done !== true);
}

export type SnapshotReading =
  | { readonly kind: 'read'; readonly bookmark: Bookmark }
  /** There is none. */
  | { readonly kind: 'absent' }
  /** Of another log, of another fold, or of an event that the log does not hold: worth nothing, and nothing is wrong. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged'; readonly problem: string };

/** Of the fold that asks; where that depends on the kept event, how. */
export type FoldDigest = string | ((bookmark: Bookmark) => string | undefined);

/**
 * Hands each record of a snapshot to `take`. What was taken counts only where the answer is `read`: then it is whole, of this fold and
 * of this log. What it says is still only as good as its writer: `muster verify` compares it.
 */
export async function readSnapshot(file: string, fold: FoldDigest, store: EventStore, take: (record: unknown) => void): Promise<SnapshotReading> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  try {
    return await readLines(lines, fold, store, take);
  } catch (error) {
    if (isMusterError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    // Broken JSON, or records that make no sense, before the digest could say so.
    return { kind: 'damaged', problem: error instanceof Error ? error.message : String(error) };
  } finally {
    lines.close();
  }
}

async function readLines(lines: AsyncIterable<string>, fold: FoldDigest, store: EventStore, take: (record: unknown) => void): Promise<SnapshotReading> {
  const hash = createHash('sha256');
  let bookmark: Bookmark | undefined;
  let digest: unknown;
  for await (const line of lines) {
    if (digest !== undefined) return { kind: 'damaged', problem: 'it goes on behind its end' };
    const value = JSON.parse(line) as object;
    if ('sha256' in value) {
      digest = value.sha256;
      continue;
    }
    hash.update(`${line}\n`);
    if (bookmark === undefined) {
      const header = value as Header;
      bookmark = bookmarkOf(header);
      if (header.fold !== (typeof fold === 'string' ? fold : fold(bookmark))) return { kind: 'foreign' };
      if (!(await isMarked(store, header.store, bookmark))) return { kind: 'foreign' };
    } else take(value);
  }
  return bookmark !== undefined && digest === hash.digest('hex') ? { kind: 'read', bookmark } : { kind: 'damaged', problem: 'its digest does not fit' };
}
