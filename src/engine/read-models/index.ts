export type { ChangedModels } from './engine.js';
export { openModelStorage, type ModelsPlace } from './place.js';
export { startProjector, type Projector, type ProjectorOptions, type ProjectorStatus } from './projector.js';
export {
  openReadModels,
  type FilledBy,
  type PositionSource,
  type ReadModelsOptions,
} from './sqlite/sqlite-read-models.js';
export { rebuildReadModels, requestRebuild } from './rebuild.js';
export { runProjector, type ProjectorParts } from './run-projector.js';
export { runBuilder } from './parallel/run-builder.js';
export type { Check, Finding } from './verify/finding.js';
export { verify, type Verification, type VerifiedModel, type VerifyOptions } from './verify/verify.js';
export { decodePage } from './decoding.js';
export { openMongoReadModels, rebuildInMongo } from './on-demand.js';
