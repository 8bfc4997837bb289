import { aggregate, plainState } from '../../kernel/event/index.js';
import { tenantDecider, type TenantState } from './decider.js';
import { tenantEvents } from './events.js';

export const tenants = aggregate({
  category: 'tenant',
  owner: 'accounts',
  events: tenantEvents,
  decider: tenantDecider,
  state: plainState<TenantState>(1),
  outlivesClear: true,
});
