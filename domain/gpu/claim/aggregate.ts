import { aggregate, plainState } from '../../kernel/event/index.js';
import { claimDecider, type ClaimsState } from './decider.js';
import { claimErrors } from './errors.js';
import { claimEvents } from './events.js';
import { CLAIM_JOBS } from './identifier.js';

/** The GPU claims of each account, under the account's id. They are removed when the cluster is cleared. */
export const claims = aggregate({
  category: 'gpuClaim',
  owner: 'gpu',
  events: claimEvents,
  errors: claimErrors,
  jobs: CLAIM_JOBS,
  decider: claimDecider,
  state: plainState<ClaimsState>(1),
});
