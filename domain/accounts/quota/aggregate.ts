import { aggregate } from '../../kernel/event/index.js';
import { quotaDecider } from './decider.js';
import { quotaErrors } from './errors.js';
import { quotaEvents } from './events.js';

/** One stream per tenant id. Clearing the cluster does not affect quotas. */
export const quotas = aggregate({
  category: 'quota',
  owner: 'accounts',
  events: quotaEvents,
  errors: quotaErrors,
  decider: quotaDecider,
  outlivesClear: true,
});
