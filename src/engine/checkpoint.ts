import type { EventStore } from '#domain/kernel/ports/event-store.js';

export interface Checkpoint {
  readonly storeId: string;
  readonly position: bigint;
  /** Id of the event at `position`; in another log, or one that was truncated, a different event is there. */
  readonly eventId: string;
  /** Position of the event before, from which the event is found by one read forwards. Undefined for the first event of the log. */
  readonly previous: bigint | undefined;
}

/** Whether the log has the checkpoint's event at its position. An empty checkpoint fits every log. */
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
