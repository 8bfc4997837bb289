import { aggregate } from '../event/index.js';
import { taskNameDecider, taskNameErrors } from './decider.js';
import { taskNameEvents } from './events.js';

/** Which task has which name; its id is the reservation. They go with the cluster's data, as tasks do. */
export const taskNames = aggregate({
  category: 'taskname',
  owner: 'tasks',
  events: taskNameEvents,
  errors: taskNameErrors,
  decider: taskNameDecider,
});
