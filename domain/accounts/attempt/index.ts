export { attempts, UNKNOWN_ACCOUNT } from './aggregate.js';
export type { AttemptCommand } from './decider.js';
export type { AttemptEvent } from './events.js';
