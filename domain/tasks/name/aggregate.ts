import { aggregate } from '../../kernel/event/index.js';
import { taskNameDecider, taskNameErrors } from './decider.js';
import { taskNameEvents } from './events.js';

/** Maps names to tasks, under the name's reservation. Cleared with the cluster, as tasks are. */
export const taskNames = aggregate({
  category: 'taskname',
  owner: 'tasks',
  events: taskNameEvents,
  errors: taskNameErrors,
  decider: taskNameDecider,
});
