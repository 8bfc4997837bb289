export { WorkLoop, type WorkStatus } from './loop.js';
export { followLog } from './follow-log.js';
export {
  ownedWork,
  type AnyOwnedWork,
  type FindMovedTasks,
  type OwnedJob,
  type WorkHost,
} from './owned-work.js';
