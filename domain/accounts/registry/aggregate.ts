import { aggregate, plainState } from '../../kernel/event/index.js';
import { registryDecider, registryErrors, type RegistriesState } from './decider.js';
import { registryEvents } from './events.js';

/** Registry credentials belong to tenants, so clearing the cluster does not remove them. */
export const registries = aggregate({
  category: 'registries',
  owner: 'accounts',
  events: registryEvents,
  errors: registryErrors,
  decider: registryDecider,
  state: plainState<RegistriesState>(1),
  outlivesClear: true,
});
