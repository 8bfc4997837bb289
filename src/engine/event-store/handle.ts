import type { MessagePort } from 'node:worker_threads';
import type { SqliteEventStoreHandle } from './sqlite/open.js';

/** How another thread reaches an EventStoreDB: it opens a connection of its own. */
export interface EsdbEventStoreHandle {
  readonly kind: 'esdb';
  /** `esdb://…`, with whatever credentials it holds. */
  readonly url: string;
}

/** A way to the log for another thread of this process. Structured-cloneable; for one thread, once. */
export type EventStoreHandle = SqliteEventStoreHandle | EsdbEventStoreHandle;

/** What a handle gives away when it is sent to a thread: `{workerData: handle, transferList: transferables(handle)}`. */
export function transferables(handle: EventStoreHandle): MessagePort[] {
  return handle.kind === 'sqlite' ? [handle.port] : [];
}
