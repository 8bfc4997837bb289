export * from './catalog.js';
export { checkLevel, isUnreadable, unknownEvent, upcasted } from './stored-data.js';
