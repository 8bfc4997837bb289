import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { threadId } from 'node:worker_threads';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { isMarked, type Bookmark } from './bookmark.js';
import { hasCode } from '#agents/platform/error-code.js';

const CHUNK_CHARACTERS = 1 << 20;

export interface SnapshotOf {
  readonly fold: string;
  readonly store: string;
  readonly bookmark: Bookmark;
}

interface Header {
  readonly fold: string;
  readonly store: string;
  readonly position: string;
  readonly event: string;
  readonly found:
    { readonly stream: string; readonly revision: number } | { readonly previous: string | null };
}

function headerOf({ fold, store, bookmark }: SnapshotOf): Header {
  const { position, id } = bookmark;
  const { previous } = 'previous' in bookmark ? bookmark : { previous: undefined };
  const found =
    'stream' in bookmark
      ? { stream: bookmark.stream, revision: bookmark.revision }
      : { previous: previous === undefined ? null : String(previous) };
  return { fold, store, position: String(position), event: id, found };
}

function bookmarkOf({ position, event, found }: Header): Bookmark {
  const marked = { position: BigInt(position), id: event };
  if ('stream' in found) return { ...marked, stream: found.stream, revision: found.revision };
  return { ...marked, previous: found.previous === null ? undefined : BigInt(found.previous) };
}

/**
 * Writes a snapshot and then replaces the old one. The file has one JSON text per line: a header, the records, and a digest of everything before it.
 * A snapshot is a cache, so it is not synced to disk; an incomplete file is detected by its digest. Yields about once per MiB, so that the thread can
 * do other work. The state must not change until the snapshot is written.
 */
export function* writingSnapshot(
  file: string,
  of: SnapshotOf,
  records: Iterable<unknown>,
): Generator<void, void> {
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

export function writeSnapshot(file: string, of: SnapshotOf, records: Iterable<unknown>): void {
  const writing = writingSnapshot(file, of, records);
  while (writing.next().done !== true);
}

export type SnapshotReading =
  | { readonly kind: 'read'; readonly bookmark: Bookmark }
  | { readonly kind: 'absent' }
  /** The snapshot is for a different log or fold, or for an event that the log does not contain: unusable, but not damaged. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged'; readonly problem: string };

export type FoldDigest = string | ((bookmark: Bookmark) => string | undefined);

/**
 * Passes each record of a snapshot to `take`. The records are valid only if the result is `read`, which means that the snapshot is complete and is
 * for this fold and log. Its content is as reliable as its writer; `muster verify` compares it.
 */
export async function readSnapshot(
  file: string,
  fold: FoldDigest,
  store: EventStore,
  take: (record: unknown) => void,
): Promise<SnapshotReading> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  try {
    return await readLines(lines, fold, store, take);
  } catch (error) {
    if (isMusterError(error)) throw error;
    if (hasCode(error, 'ENOENT')) return { kind: 'absent' };
    return { kind: 'damaged', problem: error instanceof Error ? error.message : String(error) };
  } finally {
    lines.close();
  }
}

async function readLines(
  lines: AsyncIterable<string>,
  fold: FoldDigest,
  store: EventStore,
  take: (record: unknown) => void,
): Promise<SnapshotReading> {
  const hash = createHash('sha256');
  let bookmark: Bookmark | undefined;
  let digest: unknown;
  for await (const line of lines) {
    if (digest !== undefined) return { kind: 'damaged', problem: 'it continues after its end' };
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
  return bookmark !== undefined && digest === hash.digest('hex')
    ? { kind: 'read', bookmark }
    : { kind: 'damaged', problem: 'its digest does not match' };
}
