import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Batch, DiskFullWait } from './batch.js';

export const PENDING_DOCUMENTS = 10_000;

export interface CatchUpOptions {
  readonly until?: bigint;
  readonly pending?: number;
  readonly signal?: StopSignal;
  readonly patience?: DiskFullWait | undefined;
  readonly onCommit?: () => void;
}

/** Folds the log from the position of the batch on, in few large commits. When it resolves, everything is committed. */
export async function catchUp(store: EventStore, lane: Batch, options: CatchUpOptions = {}): Promise<void> {
  const { until, pending = PENDING_DOCUMENTS, signal, patience, onCommit } = options;
  const from = lane.position;
  const isEmpty = lane.folds.length === 0 && lane.index === undefined;
  if (isEmpty || (until !== undefined && from !== undefined && from >= until)) return;
  const write = async (): Promise<void> => {
    await lane.commit(patience);
    onCommit?.();
  };
  try {
    for await (const page of store.readAll(from === undefined ? {} : { from })) {
      if (signal?.aborted === true) break;
      const part =
        until === undefined || page.at(-1)!.position <= until
          ? page
          : page.filter((event) => event.position <= until);
      if (part.length > 0) await lane.fold(part);
      if (lane.pending >= pending) await write();
      if (part.length < page.length) break;
    }
  } catch (error) {
    // Everything before an unknown event is valid. After any other failure, a page may be only partly folded in memory.
    if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN')) await write();
    throw error;
  }
  await write();
}
