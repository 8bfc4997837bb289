import { isMusterError } from '#domain/errors/index.js';
import type { EventStore } from '#domain/ports/event-store.js';

/** Up to where a generation has folded which log. */
export interface Checkpoint {
  /** The log's own identity. */
  readonly storeId: string;
  readonly position: bigint;
  /** Id of the event at `position`: another log, or a log that was cut, holds another one there. */
  readonly eventId: string;
  /** Position of the event before it, from which that event is found again by one read forwards. Absent: it is the log's first. */
  readonly previous: bigint | undefined;
}

/** Whether the log holds the checkpoint's event at the checkpoint's position. Of no events every log tells the same. */
export async function fitsLog(store: Pick<EventStore, 'id' | 'readAll'>, checkpoint: Checkpoint | undefined): Promise<boolean> {
  if (checkpoint === undefined) return true;
  if (checkpoint.storeId !== store.id) return false;
  const from = checkpoint.previous === undefined ? {} : { from: checkpoint.previous };
  try {
    for await (const page of store.readAll({ ...from, limit: 1 })) {
      return page[0]?.id === checkpoint.eventId && page[0].position === checkpoint.position;
    }
  } catch (error) {
    // A store that was put back to an older state and went on may have no record at all at that place.
    if (!isMusterError(error, 'MUSTER_E_INVALID')) throw error;
  }
  return false;
}
