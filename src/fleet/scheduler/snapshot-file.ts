import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { threadId } from 'node:worker_threads';
import { isMusterError } from '#domain/errors/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { recordsOf, Restoration, SNAPSHOT_FORMAT, type SnapshotRecord } from '#domain/scheduling/index.js';
import { fitsLog } from '#src/engine/read-models/checkpoint.js';
import { ClusterFold, type Bookmark, type ForeignEvents } from './cluster-fold.js';

/** Name of the file in the data directory. One JSON text a line: header, records, and the digest of all before it. */
export const SNAPSHOT_FILE = 'cluster-state.ndjson';
const CHUNK_CHARACTERS = 1 << 20;

interface Header {
  readonly format: number;
  readonly store: string;
  /** Of the newest event folded, decimal. */
  readonly position: string;
  readonly event: string;
  /** Of the event before it, decimal; null: there is none. */
  readonly previous: string | null;
  /** Absent in those written while no log held any. */
  readonly foreign?: ForeignEvents;
}

/** Writes the folded state beside the old one, then in its place. It is a cache: nothing waits for the disk, and a torn one is found by its digest. */
export function writeSnapshot(directory: string, storeId: string, fold: ClusterFold): void {
  const { bookmark } = fold;
  if (bookmark === undefined) return;
  const file = join(directory, SNAPSHOT_FILE);
  const temporary = `${file}.${threadId}.tmp`;
  const { position, id, previous } = bookmark;
  const header: Header = { format: SNAPSHOT_FORMAT, store: storeId, position: String(position), event: id, previous: previous === undefined ? null : String(previous), foreign: fold.foreign };
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    const hash = createHash('sha256');
    let chunk = `${JSON.stringify(header)}\n`;
    const flush = (): void => {
      hash.update(chunk);
      writeSync(descriptor, chunk);
      chunk = '';
    };
    for (const record of recordsOf(fold.state)) {
      chunk += `${JSON.stringify(record)}\n`;
      if (chunk.length >= CHUNK_CHARACTERS) flush();
    }
    flush();
    writeSync(descriptor, `${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

export type SnapshotReading =
  | { readonly kind: 'read'; readonly fold: ClusterFold }
  /** There is none. */
  | { readonly kind: 'absent' }
  /** Of another log, of another format, or of an event that the log does not hold: worth nothing, and nothing is wrong. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged'; readonly problem: string };

/** Reads a snapshot, if it is whole and of this log. What it says is still only as good as its writer: `muster verify` compares it. */
export async function readSnapshot(directory: string, store: EventStore): Promise<SnapshotReading> {
  const lines = createInterface({ input: createReadStream(join(directory, SNAPSHOT_FILE)), crlfDelay: Infinity });
  try {
    return await readLines(lines, store);
  } catch (error) {
    if (isMusterError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    // Broken JSON, or records that make no sense, before the digest could say so.
    return { kind: 'damaged', problem: error instanceof Error ? error.message : String(error) };
  } finally {
    lines.close();
  }
}

async function readLines(lines: AsyncIterable<string>, store: EventStore): Promise<SnapshotReading> {
  const restoration = new Restoration();
  const hash = createHash('sha256');
  let header: Header | undefined;
  let digest: string | undefined;
  for await (const line of lines) {
    if (digest !== undefined) return { kind: 'damaged', problem: 'it goes on behind its end' };
    const value = JSON.parse(line) as Header | SnapshotRecord | { readonly sha256: string };
    if ('sha256' in value) {
      digest = value.sha256;
      continue;
    }
    hash.update(`${line}\n`);
    if (header === undefined) {
      header = value as Header;
      if (header.format !== SNAPSHOT_FORMAT || !(await isOf(header, store))) return { kind: 'foreign' };
    } else restoration.add(value as SnapshotRecord);
  }
  if (header === undefined || digest !== hash.digest('hex')) return { kind: 'damaged', problem: 'its digest does not fit' };
  return { kind: 'read', fold: new ClusterFold(restoration.done(), bookmarkOf(header), header.foreign) };
}

/** Does the log hold the snapshot's event where the snapshot says? The event may be of any stream, the store's own too. */
async function isOf(header: Header, store: EventStore): Promise<boolean> {
  const { position, id, previous } = bookmarkOf(header);
  return await fitsLog(store, { storeId: header.store, position, eventId: id, previous });
}

function bookmarkOf({ position, event, previous }: Header): Bookmark {
  return { position: BigInt(position), id: event, previous: previous === null ? undefined : BigInt(previous) };
}
