import { aggregate, plainState } from '../event/index.js';
import { claimDecider, type ClaimsState } from './decider.js';
import { claimEvents } from './events.js';

/** What each account claims; its id is the account's. Claims go with the cluster's data. */
export const claims = aggregate({ category: 'gpuClaim', owner: 'gpu', events: claimEvents, decider: claimDecider, state: plainState<ClaimsState>(1) });
