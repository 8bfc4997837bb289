import type { EventStore } from '#domain/kernel/ports/event-store.js';

export interface Checkpoint {
  readonly storeId: string;
  readonly position: bigint;
  readonly eventId: string;
  /** Position of the preceding event, so that a single forward read from there finds the event. Undefined for the first event of the log. */
  readonly previous: bigint | undefined;
}

/** Returns whether the log contains the checkpoint's event at the checkpoint's position. An undefined checkpoint matches every log. */
export async function fitsLog(
  store: Pick<EventStore, 'id' | 'readAll'>,
  checkpoint: Checkpoint | undefined,
): Promise<boolean> {
  if (checkpoint === undefined) return true;
  if (checkpoint.storeId !== store.id) return false;
  const from = checkpoint.previous === undefined ? {} : { from: checkpoint.previous };
  for await (const page of store.readAll({ ...from, limit: 1 })) {
    return page[0]?.id === checkpoint.eventId && page[0].position === checkpoint.position;
  }
  return false;
}
