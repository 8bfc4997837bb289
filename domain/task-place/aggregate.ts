import { aggregate } from '../event/index.js';
import { taskPlaceDecider } from './decider.js';
import { taskPlaceEvents } from './events.js';

/** The tasks that count for a tenant; its id is the tenant's. They go with the cluster's data, as tasks do. */
export const taskPlaces = aggregate({ category: 'tenantTasks', owner: 'tasks', events: taskPlaceEvents, decider: taskPlaceDecider });
