export { isMarked, type Bookmark, type MarkInLog, type MarkInStream } from './bookmark.js';
export { compareRecords } from './compare.js';
export { digestOfFold } from './fold-identity.js';
export { readSnapshot, writeSnapshot, writingSnapshot, type SnapshotReading } from './snapshot-file.js';
export { SnapshotSchedule } from './snapshot-schedule.js';
