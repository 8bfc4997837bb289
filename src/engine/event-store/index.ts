export { createMemoryEventStore, type MemoryEventStore, type MemoryEventStoreOptions } from './memory/memory-event-store.js';
export { lockDataDirectory, type DataDirectoryLock } from './sqlite/lock.js';
export {
  connectSqliteEventStore,
  openEventStoreReadOnly,
  openSqliteEventStore,
  type SqliteEventStore,
  type SqliteEventStoreHandle,
  type SqliteEventStoreOptions,
} from './sqlite/open.js';
export { connectEventStore } from './connect.js';
export { transferables, type EsdbEventStoreHandle, type EventStoreHandle } from './handle.js';
export { MAX_APPEND_BYTES, MAX_APPEND_EVENTS } from './append-bounds.js';
