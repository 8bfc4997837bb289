export { lockDataDirectory, type DataDirectoryLock } from './sqlite/lock.js';
export {
  connectSqliteEventStore,
  openEventStoreReadOnly,
  openSqliteEventStore,
  type SqliteEventStore,
  type SqliteEventStoreHandle,
} from './sqlite/open.js';
export { refusing } from './refusing.js';
export { transferables, type EsdbEventStoreHandle, type EventStoreHandle } from './handle.js';
export { MAX_APPEND_BYTES, MAX_APPEND_EVENTS, MAX_IMPORTED_BYTES } from './append-bounds.js';
export { eventAt, eventFrom } from './event-at.js';
export { wasRefused } from './refused-append.js';
export { lossAt } from './loss-at.js';
export { aroundAppend } from './around-append.js';
export { IDENTITY_STREAM, SIGNED_TREE_STREAM } from './server-streams.js';
export { isBeyondBound, lastPositionBefore } from './log-bounds.js';
export { measuredEventStore } from './measured-event-store.js';
export { isSystemEvent } from './system-events.js';
export { assertNext, isCut } from './stream-order.js';
export { LOG_FILE, APPLICATION_ID, SCHEMA_VERSION } from './sqlite/schema.js';
export { neverReached } from './unreachable.js';
export { SOFT_DELETED } from './append-rule.js';
export { PageSize } from './pages.js';
export { decodePayload, EMPTY_PAYLOAD, encodePayload, isEnveloped } from './payload.js';
export { connectWireLog } from './sqlite/wire-log.js';
export { metadataStreamOf, readStreamMetadata, subjectOf, type StreamMetadata } from './stream-metadata.js';
export { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from './tombstone.js';
export type { WireLog } from './wire-log.js';
export type { WireExpectation } from './wire-rule.js';
export { diskSpace, isNoSpace, SpaceReserve } from './space-reserve.js';
export { storeAt, type ReadSpan } from './store-at.js';
