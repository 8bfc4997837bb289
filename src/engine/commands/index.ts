export { openCommandExecutor } from './command-executor.js';
export { commandIdOf, digestOf, madeId } from './command-ids.js';
export { DecidedEvents } from './decided-events.js';
export { eventIds } from './event-ids.js';
export { HeldNames } from './held-names.js';
export { KeyedMutex } from './keyed-mutex.js';
export { checkStreamSnapshots } from './stream-snapshot-check.js';
export { StreamSnapshots } from './stream-snapshots.js';
