import { declareErrors } from '../../kernel/errors/index.js';

export const claimErrors = declareErrors({
  MUSTER_E_GPU_CLAIM_NOT_FOUND: { status: 404, template: 'GPU claim not found' },
  MUSTER_E_GPU_CLAIM_NO_LOG: {
    status: 404,
    template: 'the log of the claim is not available',
    hint: 'GET /api/gpu-claims/:id/events shows what happened to it.',
  },
  MUSTER_E_GPU_QUOTA: {
    status: 403,
    template:
      'spec.resources.gpuCount: requesting {wanted} in addition to {taken} already claimed exceeds the quota of {quota} for the role {role}',
    hint: 'Release a claim, or ask an administrator.',
  },
});
