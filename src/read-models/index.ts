export { startProjector, type Projector, type ProjectorOptions, type ProjectorStatus } from './projector.js';
export { openReadModels, type FilledBy, type PositionSource, type ReadModelsOptions } from './sqlite/sqlite-read-models.js';
