export { taskCommands } from './aggregate.js';
export type { CommandCommand } from './decider.js';
export type { CommandEvent } from './events.js';
