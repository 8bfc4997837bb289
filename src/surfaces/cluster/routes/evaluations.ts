import { isOwnedJob } from '#domain/event-types/index.js';
import { MusterError } from '#domain/errors/index.js';
import { access, errors, json, idIn, type Scope } from '#src/surfaces/kit/index.js';
import { evaluationView, params } from '../contract.js';
import { seesOwned, type ClusterSurface } from '../surface.js';
import { viewEvaluation } from '../view.js';
import { evaluations, type EvaluationDocument } from '#projections/evaluations.js';

/** What came of evaluations. */
export function evaluationReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/evaluations/:evaluation_id',
    {
      config: access.operator,
      schema: {
        tags: ['evaluations'],
        operationId: 'cluster_getEvaluation',
        summary: 'Get an evaluation',
        description: 'Whether it is done, what it placed, and why it could not place more.',
        params: params.evaluation,
        response: { 200: json('The evaluation', evaluationView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const evaluationId = idIn(request.params.evaluation_id, 'MUSTER_E_EVALUATION_NOT_FOUND', { evaluationId: '?' });
      const document = await surface.document<EvaluationDocument>(reply, evaluations.name, evaluationId);
      if (document === undefined || (isOwnedJob(document.jobId) && !seesOwned(request))) {
        throw new MusterError('MUSTER_E_EVALUATION_NOT_FOUND', { evaluationId });
      }
      return viewEvaluation(document);
    },
  );
}
