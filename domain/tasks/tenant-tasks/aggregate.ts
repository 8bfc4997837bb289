import { aggregate } from '../../kernel/event/index.js';
import { tenantTaskDecider } from './decider.js';
import { tenantTaskEvents } from './events.js';

/** Tasks that count against a tenant's quota, under the tenant's id. Cleared together with the cluster, like the tasks themselves. */
export const tenantTasks = aggregate({
  category: 'tenantTasks',
  owner: 'tasks',
  events: tenantTaskEvents,
  decider: tenantTaskDecider,
});
