import { lockText } from '#domain/drivers/conda/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { json, media, type Scope } from '#src/http/index.js';
import { failures, refused } from '../responses.js';
import {
  environmentParams,
  exportQuery,
  generationDiff,
  generationList,
  pairParams,
  rollbackBody,
  rolledBack,
} from '../environment-contract.js';
import { generationPackages } from '../environment-packages.js';
import { changesOf, environmentYaml, explicitList, viewGenerations } from '../environment-view.js';
import { byAccount } from '../rights.js';
import { generationOf, numberIn, type CondaSurface } from '../surface.js';

const tags = ['generations'];

export function generationRoutes(scope: Scope, surface: CondaSurface): void {
  const { times } = surface;

  scope.get(
    '/api/conda/environment/:env_name/generations',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_listGenerations',
        summary: 'List generations',
        description:
          'Extension. Returns the generations that can still be restored (`MUSTER_CONDA_KEEP_GENERATIONS`).',
        params: environmentParams,
        response: { 200: json('The generations', generationList), ...failures(404) },
      },
    },
    async (request, reply) =>
      viewGenerations((await surface.environment(request, reply, request.params.env_name)).document, times),
  );

  scope.get(
    '/api/conda/environment/:env_name/generations/:one/diff/:other',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_diffGenerations',
        summary: 'Compare generations',
        description:
          'Extension. Returns the packages that the other generation adds, lacks, or has in a different version.',
        params: pairParams,
        response: { 200: json('The differences', generationDiff), ...failures(404) },
      },
    },
    async (request, reply) => {
      const { document } = await surface.environment(request, reply, request.params.env_name);
      const [from, to] = [numberIn(request.params.one), numberIn(request.params.other)];
      const [before, after] = [
        await generationPackages(surface, reply, document, from),
        await generationPackages(surface, reply, document, to),
      ];
      return { environment: document.name, from, to, ...changesOf(before, after) };
    },
  );

  scope.get(
    '/api/conda/environment/:env_name/export',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_exportEnvironment',
        summary: 'Export an environment',
        description:
          'Extension. Exports the environment for conda, for people, or for another Muster cluster. Returns 400 for an explicit list of a generation without conda packages. Each format can be sent as `environment_yml` or `lock` to create an environment.',
        params: environmentParams,
        querystring: exportQuery,
        response: {
          200: media('The environment', 'text/plain', 'application/yaml'),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const { document } = await surface.environment(request, reply, request.params.env_name);
      const { generation: wanted = document.current ?? 0 } = request.query;
      const { lock, wanted: asked } = generationOf((await surface.whole(document)).generations, wanted);
      const { format = lock.pip.length === 0 ? 'explicit' : 'yaml' } = request.query;
      if (format === 'explicit' && lock.packages.length === 0)
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'format',
          problem:
            'cannot be explicit: the generation has only packages of pip, so conda would create an empty environment. Use yaml or lock',
        });
      reply.header('x-content-type-options', 'nosniff');
      if (format === 'yaml')
        return reply
          .type('application/yaml')
          .send(environmentYaml(document.name, asked, asked.channels ?? lock.channels));
      reply.type('text/plain; charset=utf-8');
      return reply.send(format === 'lock' ? `${lockText(lock)}\n` : explicitList(lock));
    },
  );

  scope.post(
    '/api/conda/environment/:env_name/rollback',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_rollBackEnvironment',
        summary: 'Restore a generation',
        description:
          'Extension. Restores a generation immediately. Executions that start from now on use it. Nothing is built, and no generation is lost.',
        params: environmentParams,
        body: rollbackBody,
        response: {
          200: json('The environment was restored', rolledBack),
          400: refused,
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      surface.requireExecute(account);
      const { document } = await surface.environmentToChange(
        request,
        reply,
        request.params.env_name,
        'modify',
      );
      const { generation } = request.body;
      await surface.written(
        reply,
        await surface.environments.rollBack(document, generation, account.userId, surface.context(request)),
      );
      return {
        success: true as const,
        message: 'Environment rolled back successfully' as const,
        environment: document.name,
        generation,
      };
    },
  );
}
