import { aggregate, plainState } from '../../kernel/event/index.js';
import { commandDecider, type CommandState } from './decider.js';
import { commandEvents } from './events.js';

/** One stream for each command that was run in a task. */
export const taskCommands = aggregate({
  category: 'command',
  owner: 'fleet',
  events: commandEvents,
  decider: commandDecider,
  state: plainState<CommandState>(1),
});
