export * from './catalog.js';
export * from './own-streams.js';
export { checkLevel, isUnreadable, unknownEvent, upcasted } from './stored-data.js';
