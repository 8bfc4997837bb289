import { aggregate } from '../../kernel/event/index.js';
import { taskNameDecider, taskNameErrors } from './decider.js';
import { taskNameEvents } from './events.js';

export const taskNames = aggregate({
  category: 'taskname',
  owner: 'tasks',
  events: taskNameEvents,
  errors: taskNameErrors,
  decider: taskNameDecider,
});
