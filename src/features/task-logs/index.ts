export {
  lastLines,
  LOG_END_HEADER,
  openLogOrStoredEnd,
  sendEvents,
  sendLogOrStoredEnd,
  type LogSource,
} from './log-tail.js';
export { holding, joined, linesOf, merged } from './log-lines.js';
export {
  lineTimes,
  logQuery,
  logStream,
  openTaskLog,
  sendTaskLog,
  streamIn,
  type LogParts,
} from './task-log.js';
