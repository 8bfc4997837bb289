export { WorkLoop, type WorkStatus } from './loop.js';
export { changesOf, changesOfLog, type ModelChanges } from './model-changes.js';
export { ownedWork, type AnyOwnedWork, type OwnedJob, type WorkHost } from './owned-work.js';
