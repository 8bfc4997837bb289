export {
  createMemoryEventStore,
  type MemoryEventStore,
  type MemoryEventStoreOptions,
} from './memory/memory-event-store.js';
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
export { aroundAppend } from './around-append.js';
export { IDENTITY_STREAM } from './esdb/identity-stream.js';
export { isBeyondBound, lastPositionBefore } from './log-bounds.js';
export { measuredEventStore } from './measured-event-store.js';
export { hostsIn, problemsOfStoreUrl } from './esdb/store-url.js';
export { isSystemEvent } from './system-events.js';
export { assertNext } from './stream-order.js';
export type { EsdbEventStore } from './esdb/open.js';
export type { WireServerThread, WireServer } from './server/index.js';
export { LOG_FILE, APPLICATION_ID, SCHEMA_VERSION } from './sqlite/schema.js';
export { neverReached } from './unreachable.js';
export { TOMBSTONE_REVISION } from './tombstone.js';
export {
  openEsdbEventStore,
  openEsdbForImport,
  startEventStoreServer,
  startEventStoreThread,
} from './on-demand.js';
export { storeBounds } from './server/bounds.js';
export { ruleForServers, type ForeignStreams } from './server/write-rule.js';
export { diskSpace, isNoSpace, SpaceReserve } from './space-reserve.js';
