import { aggregate } from '../../kernel/event/index.js';
import { taskDependencyDecider } from './decider.js';
import { taskDependencyEvents } from './events.js';

export const taskDependencies = aggregate({
  category: 'taskDependencies',
  owner: 'tasks',
  events: taskDependencyEvents,
  decider: taskDependencyDecider,
});
