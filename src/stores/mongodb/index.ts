export { openMongoReadModels, type MongoReadModelsOptions } from './mongo-read-models.js';
export { rebuildInMongo, type RebuildOptions } from './rebuild.js';
export { openMongoStorage } from './open.js';
export { isOpenToAnybody } from './connect.js';
