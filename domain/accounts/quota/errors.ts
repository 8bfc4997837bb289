import { declareErrors } from '../../kernel/errors/index.js';

export const quotaErrors = declareErrors({
  MUSTER_E_QUOTA: {
    status: 403,
    template: 'over the quota {quota} of {whose}: {usedText} of {limitText} are used',
    hint: 'Free some of it, or ask an operator to raise the quota (muster quota).',
  },
  MUSTER_E_QUOTA_RATE: {
    status: 429,
    template:
      'over the quota {quota} of {whose}: {usedText} of {limitText} are used; try again in {retryAfter:second}',
    hint: 'Wait, or ask an operator to raise the quota (muster quota).',
  },
  MUSTER_E_QUOTA_TOO_SMALL: {
    status: 403,
    template: 'over the quota {quota} of {whose}: {wantedText} requested, the limit is {limitText}',
    hint: 'Request less, or ask an operator to raise the quota (muster quota).',
  },
});
