export { ReadModelEngine } from './engine.js';
export type { ModelsPlace, OpenedView, StorageOptions, Watched } from './place.js';
export {
  type ChangedRow,
  changesDocuments,
  type GenerationCommit,
  type GenerationState,
  type Gone,
  type IndexedRow,
  isList,
  type ModelStorage,
  type ModelView,
  type Parked,
  type Row,
  type RowsPage,
} from './storage.js';
export type { Models } from './models.js';
export { openSqliteStorage, openStorageSnapshot } from './sqlite/open-storage.js';
export { type Projector, type ProjectorStatus, startProjector } from './projector.js';
export { openReadModels } from './sqlite/sqlite-read-models.js';
export type { PositionSource } from './position-source.js';
export { AsOfReadModels } from './sqlite/as-of-read-models.js';
export { openLogIndex } from './sqlite/open-log-index.js';
export { rebuildReadModels, requestRebuild } from './rebuild.js';
export { runProjector } from './run-projector.js';
export { runBuilder } from './parallel/run-builder.js';
export type { Check, Finding } from './verify/finding.js';
export { type Verification, verify } from './verify/verify.js';
export { decodePage } from './decoding.js';
export { newestCheckpoint } from './sqlite/newest-checkpoint.js';
export { PositionWaiters } from './position-waiters.js';
