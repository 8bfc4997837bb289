export { connectEventStore } from './connect.js';
export { isOpenEventStore, openEsdbEventStore, openEsdbForImport } from './eventstoredb/on-demand.js';
export type { EsdbEventStore } from './eventstoredb/open.js';
export { hostsIn, problemsOfStoreUrl } from './eventstoredb/store-url.js';
export { openModelStorage, openModelView } from './model-storage.js';
export { isOpenMongo, openMongoReadModels, rebuildInMongo } from './mongodb/on-demand.js';
