import { declareErrors } from '../../kernel/errors/index.js';

export const quotaErrors = declareErrors({
  MUSTER_E_QUOTA: {
    status: 403,
    template: 'over the quota {quota} of the {of} {holder}: {used} of {limit} are used',
    hint: 'Give some back, or ask the operator: muster quota.',
  },
  /** Quotas that are counted anew each minute or day. */
  MUSTER_E_QUOTA_RATE: {
    status: 429,
    template:
      'over the quota {quota} of the {of} {holder}: {used} of {limit} are used; try again in {retryAfter} seconds',
    hint: 'Wait, or ask the operator: muster quota.',
  },
  /** The request could never be satisfied: the limit is a fixed number that does not grow with the cluster. */
  MUSTER_E_QUOTA_TOO_SMALL: {
    status: 403,
    template: 'over the quota {quota} of the {of} {holder}: it asks for {wanted}, and the limit is {limit}',
    hint: 'Ask for less, or ask the operator: muster quota.',
  },
});
