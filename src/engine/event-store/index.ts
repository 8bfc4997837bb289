export { type DataDirectoryLock, lockDataDirectory } from './sqlite/lock.js';
export {
  connectSqliteEventStore,
  openEventStoreReadOnly,
  openSqliteEventStore,
  type SqliteEventStore,
  type SqliteEventStoreHandle,
} from './sqlite/open.js';
export { type EsdbEventStoreHandle, type EventStoreHandle, transferables } from './handle.js';
export {
  checkAppend,
  checkBefore,
  checkExpected,
  checkStream,
  MAX_APPEND_BYTES,
  MAX_APPEND_EVENTS,
  MAX_IMPORTED_BYTES,
} from './append-bounds.js';
export { eventAt, eventFrom } from './event-at.js';
export { wasRefused } from './refused-append.js';
export { lossAt, type Seen } from './loss-at.js';
export { aroundAppend, refusing } from './around-append.js';
export { isBeyondBound, lastPositionBefore } from './log-bounds.js';
export { measuredEventStore } from './measured-event-store.js';
export { IDENTITY_STREAM, isSystemEvent, SIGNED_TREE_STREAM } from './system-events.js';
export { assertNext, isCut, missingBeginning } from './stream-order.js';
export { APPLICATION_ID, LOG_FILE, SCHEMA_VERSION } from './sqlite/schema.js';
export { neverReached, StoreUnreachable } from './unreachable.js';
export { SOFT_DELETED } from './append-rule.js';
export { PageSize } from './pages.js';
export { decodePayload, EMPTY_PAYLOAD, encodePayload, isEnveloped } from './payload.js';
export { connectWireLog } from './sqlite/wire-log.js';
export {
  cutsIn,
  METADATA_TYPE,
  metadataIn,
  metadataStreamOf,
  readStreamMetadata,
  type StreamMetadata,
  subjectOf,
  truncatedBefore,
} from './stream-metadata.js';
export { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from './tombstone.js';
export type { WireLog } from './wire-log.js';
export type { WireExpectation } from './wire-rule.js';
export { diskSpace, isNoSpace, SpaceReserve } from './space-reserve.js';
export { type ReadSpan, storeAt } from './store-at.js';
export { AppendNotifications } from './append-notifications.js';
export { matches } from './event-filter.js';
