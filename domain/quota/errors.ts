import { declareErrors } from '../errors/index.js';

/** What is refused because of a quota. */
export const quotaErrors = declareErrors({
  MUSTER_E_QUOTA: {
    status: 403,
    template: 'over the quota {quota} of the {of} {holder}: {used} of {limit} are used',
    hint: 'Give some back, or ask the operator: muster quota.',
  },
});
