export { backUp } from './backup.js';
export { beginEpoch } from './begin-epoch.js';
export { exportedEvent, exportLog } from './export-log.js';
export { parseExportLine } from './export-line.js';
export { importLog } from './import-log.js';
export { restore } from './restore.js';
