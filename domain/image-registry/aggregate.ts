import { aggregate, plainState } from '../event/index.js';
import { registryDecider, registryErrors, type RegistriesState } from './decider.js';
import { registryEvents } from './events.js';

/** Credentials of registries: they are the tenants', and stay where the cluster's data are cleared. */
export const registries = aggregate({
  category: 'registries',
  owner: 'accounts',
  events: registryEvents,
  errors: registryErrors,
  decider: registryDecider,
  state: plainState<RegistriesState>(1),
  outlivesClear: true,
});
