export { backUp } from './backup.js';
export { beginEpoch } from './begin-epoch.js';
export { exportLog } from './export-log.js';
export { importLog } from './import-log.js';
export { restore } from './restore.js';
