import { aggregate, plainState } from '../event/index.js';
import { claimDecider, type ClaimsState } from './decider.js';
import { claimErrors } from './errors.js';
import { claimEvents } from './events.js';
import { CLAIM_JOBS } from './identifier.js';

/** What each account claims; its id is the account's. Claims go with the cluster's data. */
export const claims = aggregate({
  category: 'gpuClaim',
  owner: 'gpu',
  events: claimEvents,
  errors: claimErrors,
  jobs: CLAIM_JOBS,
  decider: claimDecider,
  state: plainState<ClaimsState>(1),
});
