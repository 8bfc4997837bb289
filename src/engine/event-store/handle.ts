import type { MessagePort } from 'node:worker_threads';
import type { SqliteEventStoreHandle } from './sqlite/open.js';

export interface EsdbEventStoreHandle {
  readonly kind: 'esdb';
  readonly url: string;
  /** Categories of Muster's streams. */
  readonly categories: readonly string[];
  /** Through which the live end of the log is read from the thread that made the handle. */
  readonly tail?: MessagePort;
  /** Why nothing may be appended. Undefined if appends are allowed. */
  readonly refuses?: string | undefined;
}

/** Allows a different thread of this process to open the log. A handle is structured-cloneable, and can be used only once, by one thread. */
export type EventStoreHandle = SqliteEventStoreHandle | EsdbEventStoreHandle;

export function transferables(handle: EventStoreHandle): MessagePort[] {
  if (handle.kind === 'sqlite') return [handle.port];
  return handle.tail === undefined ? [] : [handle.tail];
}
