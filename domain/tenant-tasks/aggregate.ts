import { aggregate } from '../event/index.js';
import { tenantTaskDecider } from './decider.js';
import { tenantTaskEvents } from './events.js';

/** The tasks that count for a tenant; its id is the tenant's. They go with the cluster's data, as tasks do. */
export const tenantTasks = aggregate({ category: 'tenantTasks', owner: 'tasks', events: tenantTaskEvents, decider: tenantTaskDecider });
