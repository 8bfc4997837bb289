import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ExportedCut, ExportedEvent, ExportEnding, ExportLine } from './export-line.js';
import { isMoved } from './moved-events.js';

export interface ExportOptions {
  readonly store: EventStore;
  readonly write: (lines: readonly ExportLine[]) => Promise<void>;
  readonly onProgress?: (progress: { readonly events: number }) => void;
}

const QUERY_CONCURRENCY = 32;

/**
 * Writes the log as of the time of the call, followed by the truncated and deleted streams. The log may grow during the export. A completely
 * truncated stream cannot be distinguished from a deleted one, and is exported as deleted.
 */
export async function exportLog({ store, write, onProgress }: ExportOptions): Promise<ExportEnding> {
  const head = await store.head();
  await write([
    { export: 'muster', version: 1, storeId: store.id, head: head === undefined ? null : String(head) },
  ]);
  const last = new Map<string, number>();
  let events = 0;
  if (head !== undefined) {
    for await (const page of store.readAll()) {
      const wanted = page.filter((event) => event.position <= head && isMoved(event));
      for (const { stream, revision } of wanted) last.set(stream, revision);
      await write(wanted.map(exportedEvent));
      events += wanted.length;
      onProgress?.({ events });
      if ((page.at(-1)?.position ?? head) >= head) break;
    }
  }
  let cuts = 0;
  const streams = [...last];
  for (let at = 0; at < streams.length; at += QUERY_CONCURRENCY) {
    const found = await Promise.all(
      streams.slice(at, at + QUERY_CONCURRENCY).map(([stream, revision]) => cutOf(store, stream, revision)),
    );
    const some = found.filter((cut) => cut !== undefined);
    cuts += some.length;
    if (some.length > 0) await write(some.map((cut) => ({ cut })));
  }
  const end = { events, streams: streams.length, cuts };
  await write([{ end }]);
  return end;
}

async function cutOf(store: EventStore, stream: string, last: number): Promise<ExportedCut | undefined> {
  try {
    for await (const [first] of store.readStream(stream, { limit: 1 })) {
      if (first !== undefined)
        return first.revision === 0
          ? undefined
          : { stream, last, state: { truncatedBefore: first.revision } };
    }
    return { stream, last, state: 'deleted' };
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_STREAM_DELETED')) return { stream, last, state: 'tombstoned' };
    throw error;
  }
}

export function exportedEvent({
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  position,
  created,
}: RecordedEvent): ExportedEvent {
  return { stream, revision, id, type, data, metadata, position: String(position), created };
}
