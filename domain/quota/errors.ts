import { declareErrors } from '../errors/index.js';

/** What is refused because of a quota. */
export const quotaErrors = declareErrors({
  MUSTER_E_QUOTA: {
    status: 403,
    template: 'over the quota {quota} of the {of} {holder}: {used} of {limit} are used',
    hint: 'Give some back, or ask the operator: muster quota.',
  },
  /** Of quotas that are counted anew each minute or day. */
  MUSTER_E_QUOTA_RATE: {
    status: 429,
    template: 'over the quota {quota} of the {of} {holder}: {used} of {limit} are used; try again in {retryAfter} seconds',
    hint: 'Wait, or ask the operator: muster quota.',
  },
  /** It would wait for ever: the limit is a number, and does not grow with the cluster. */
  MUSTER_E_QUOTA_TOO_SMALL: {
    status: 403,
    template: 'over the quota {quota} of the {of} {holder}: it asks for {wanted}, and the limit is {limit}',
    hint: 'Ask for less, or ask the operator: muster quota.',
  },
});
