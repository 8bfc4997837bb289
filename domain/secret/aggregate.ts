import { aggregate, plainState } from '../event/index.js';
import { secretDecider, secretErrors, type SecretsState } from './decider.js';
import { secretEvents } from './events.js';

/** The named secrets of tenants: they are the tenants', and stay where the cluster's data are cleared. */
export const secrets = aggregate({
  category: 'secrets',
  owner: 'accounts',
  events: secretEvents,
  errors: secretErrors,
  decider: secretDecider,
  state: plainState<SecretsState>(1),
  outlivesClear: true,
});
