import type { MessagePort } from 'node:worker_threads';
import type { SqliteEventStoreHandle } from './sqlite/open.js';

export interface EsdbEventStoreHandle {
  readonly kind: 'esdb';
  /** `esdb://…`, with credentials if any. */
  readonly url: string;
}

/** Lets another thread of this process open the log. Structured-cloneable; for one thread, once. */
export type EventStoreHandle = SqliteEventStoreHandle | EsdbEventStoreHandle;

/** The objects to transfer with a handle: `{workerData: handle, transferList: transferables(handle)}`. */
export function transferables(handle: EventStoreHandle): MessagePort[] {
  return handle.kind === 'sqlite' ? [handle.port] : [];
}
