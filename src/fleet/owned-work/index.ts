export { WorkLoop, type WorkStatus } from './loop.js';
export { followLog } from './follow-log.js';
export { ownedWork, type AnyOwnedWork, type OwnedJob } from './owned-work.js';
