import { declareErrors } from '../../kernel/errors/index.js';

export const claimErrors = declareErrors({
  MUSTER_E_GPU_CLAIM_NOT_FOUND: { status: 404, template: 'GPU claim not found' },
  MUSTER_E_GPU_CLAIM_NO_LOG: {
    status: 404,
    template: 'the claim has no container whose log is kept',
    hint: 'GET /api/gpu-claims/:id/events tells what became of it.',
  },
  MUSTER_E_GPU_QUOTA: {
    status: 403,
    template:
      'spec.resources.gpuCount: {wanted} more than the {taken} that are claimed is over the quota of {quota} for the role {role}',
    hint: 'Release a claim, or ask an administrator.',
  },
});
