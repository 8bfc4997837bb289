import { aggregate } from '../event/index.js';
import { quotaDecider } from './decider.js';
import { quotaErrors } from './errors.js';
import { quotaEvents } from './events.js';

/** What an operator lets a tenant have; its id is the tenant's. It outlives a clear of the cluster's data, as accounts do. */
export const quotas = aggregate({
  category: 'quota',
  owner: 'accounts',
  events: quotaEvents,
  errors: quotaErrors,
  decider: quotaDecider,
  outlivesClear: true,
});
