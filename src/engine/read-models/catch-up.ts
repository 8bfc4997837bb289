import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Batch, DiskFullWait } from './batch.js';

/** Maximum number of documents in memory before a commit. */
export const PENDING_DOCUMENTS = 10_000;

export interface CatchUpOptions {
  /** Stops at this position. Undefined: at the end of the log as it is when it is reached. */
  readonly until?: bigint;
  /** Maximum number of pending documents; fewer mean shorter commits. */
  readonly pending?: number;
  readonly signal?: StopSignal;
  readonly patience?: DiskFullWait | undefined;
  /** Called after each commit. */
  readonly onCommit?: () => void;
}

/** Folds the log from the position of the batch on, in few large commits. Everything is committed when it resolves. */
export async function catchUp(store: EventStore, lane: Batch, options: CatchUpOptions = {}): Promise<void> {
  const { until, pending = PENDING_DOCUMENTS, signal, patience, onCommit } = options;
  const from = lane.position;
  if (lane.folds.length === 0 || (until !== undefined && from !== undefined && from >= until)) return;
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
    // Everything before an unknown event is sound; after any other failure, memory may be in the middle of a page.
    if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN')) await write();
    throw error;
  }
  await write();
}
