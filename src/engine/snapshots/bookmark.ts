import { isMusterError } from '#domain/errors/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { fitsLog } from '#src/engine/checkpoint.js';

interface Marked {
  readonly position: bigint;
  readonly id: string;
}

/** Found again in its stream. */
export interface MarkInStream extends Marked {
  readonly stream: string;
  readonly revision: number;
}

/** Found again in the whole log, whatever its stream is. */
export interface MarkInLog extends Marked {
  /** Position of the event before it; undefined: it is the first. */
  readonly previous: bigint | undefined;
}

/** The newest event that a fold has seen: where it goes on, and how it is known again. */
export type Bookmark = MarkInStream | MarkInLog;

/** Does the log of that store hold the event, and where the bookmark says? */
export async function isMarked(store: EventStore, storeId: string, mark: Bookmark): Promise<boolean> {
  const { position, id } = mark;
  if ('previous' in mark) return await fitsLog(store, { storeId, position, eventId: id, previous: mark.previous });
  if (storeId !== store.id) return false;
  const { stream, revision } = mark;
  try {
    for await (const page of store.readStream(stream, { from: revision, limit: 1 })) {
      const [event] = page;
      return event?.id === id && event.revision === revision && event.position === position;
    }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_INVALID') && !isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
  return false;
}
