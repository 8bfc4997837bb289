import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog } from '#src/engine/checkpoint.js';

interface Marked {
  readonly position: bigint;
  readonly id: string;
}

/** A mark that is located by its place in its stream. */
export interface MarkInStream extends Marked {
  readonly stream: string;
  readonly revision: number;
}

export interface MarkInLog extends Marked {
  readonly previous: bigint | undefined;
}

export type Bookmark = MarkInStream | MarkInLog;

export async function isMarked(store: EventStore, storeId: string, mark: Bookmark): Promise<boolean> {
  const { position, id } = mark;
  if ('previous' in mark)
    return await fitsLog(store, { storeId, position, eventId: id, previous: mark.previous });
  if (storeId !== store.id) return false;
  const { stream, revision } = mark;
  try {
    for await (const page of store.readStream(stream, { from: revision, limit: 1 })) {
      const [event] = page;
      return event?.id === id && event.revision === revision && event.position === position;
    }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_INVALID') && !isMusterError(error, 'MUSTER_E_STREAM_DELETED'))
      throw error;
  }
  return false;
}
