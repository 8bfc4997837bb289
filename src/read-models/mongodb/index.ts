export { openMongoReadModels, type MongoReadModelsOptions } from './mongo-read-models.js';
export { openMongoStorage, type MongoStorageOptions } from './open.js';
