import { buildResult } from '#domain/drivers/conda/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { packagesOf } from '#projections/environments/environment-packages.js';
import { json, type Scope } from '#src/http/index.js';
import { failures, refused } from '../responses.js';
import { awaitBuild, refusalOf } from '../awaited-build.js';
import { environmentParams, environmentPlan, planQuery } from '../environment-contract.js';
import { generationPackages } from '../environment-packages.js';
import { changesOf } from '../environment-view.js';
import { byAccount } from '../rights.js';
import type { CondaSurface } from '../surface.js';

export function planReads(scope: Scope, surface: CondaSurface): void {
  const { environments, parts } = surface;

  scope.get(
    '/api/conda/environment/:env_name/plan',
    {
      config: byAccount,
      schema: {
        tags: ['environments'],
        operationId: 'conda_planEnvironment',
        summary: 'Preview an installation',
        description:
          'Extension. A node solves the change without building it and returns added, removed and changed packages. The response is sent once changes in progress and the solver have finished. Returns 503 after 15 minutes, or if no node can solve the change.',
        params: environmentParams,
        querystring: planQuery,
        response: { 200: json('The preview', environmentPlan), 400: refused, ...failures(404) },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      surface.requireExecute(account);
      const { document, current } = await surface.environmentToChange(
        request,
        reply,
        request.params.env_name,
        'modify packages in',
      );
      const before = await generationPackages(surface, reply, document, current.number);
      const change = { kind: 'install' as const, specs: request.query.packages };
      const asked = await environments.plan(document, change, account.userId, surface.context(request));
      const plan = await awaitBuild(surface, reply, asked);
      if (plan.outcome !== 'planned')
        return reply.code(400).send(await refusalOf(surface, plan, 'Failed to install packages'));
      const read =
        plan.worker === null || plan.resultAt === null
          ? undefined
          : await parts.results.read(plan.worker, plan.resultAt);
      const result = buildResult.safeParse(read).data;
      if (result?.outcome !== 'built') throw new MusterError('MUSTER_E_INTERNAL', { requestId: request.id });
      const { lock, hash, backend } = result;
      const about = {
        environment: document.name,
        generation: current.number,
        hash,
        backend,
        python_version: lock.python ?? null,
      };
      return { ...about, ...changesOf(before, { packages: packagesOf(lock) }) };
    },
  );
}
