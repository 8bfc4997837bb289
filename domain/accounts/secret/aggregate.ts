import { aggregate, plainState } from '../../kernel/event/index.js';
import { secretDecider, secretErrors, type SecretsState } from './decider.js';
import { secretEvents } from './events.js';

/** Secrets belong to tenants, so clearing the cluster does not remove them. */
export const secrets = aggregate({
  category: 'secrets',
  owner: 'accounts',
  events: secretEvents,
  errors: secretErrors,
  decider: secretDecider,
  state: plainState<SecretsState>(1),
  outlivesClear: true,
});
