import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { environments as environmentModel, type EnvironmentDocument } from '#projections/environments.js';
import { executionUsage, type ExecutionUsageDocument } from '#projections/execution-usage.js';
import { tasks as taskModel } from '#projections/tasks.js';
import { ignoreBodies, json, markStale, read, type Scope } from '#src/surfaces/kit/index.js';
import { failures } from '../answers.js';
import { environmentDetail, environmentEntry, environmentParams, environmentStats } from '../environment-contract.js';
import { viewDetail, viewEntry } from '../environment-view.js';
import { byAccount } from '../rights.js';
import { statsOf } from '../environment-stats.js';
import type { CondaSurface } from '../surface.js';

const tags = ['environments'];

/** Environments of the caller's tenant. */
export function environmentReads(scope: Scope, surface: CondaSurface): void {
  const { times } = surface;
  ignoreBodies(scope);

  scope.get(
    '/api/conda/environments',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_listEnvironments',
        summary: 'List environments',
        description: 'Those of your tenant, in the order in which they were made.',
        response: { 200: json('The environments', z.array(environmentEntry)), ...failures(401, 403) },
      },
    },
    async (request, reply) => {
      const all: z.input<typeof environmentEntry>[] = [];
      for await (const document of ofTenant(surface, request, reply)) all.push(viewEntry(document, times));
      return all;
    },
  );

  scope.get(
    '/api/conda/stats',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getEnvironmentStats',
        summary: 'Count environments',
        description: 'What they take and how they are used.',
        response: { 200: json('The figures', environmentStats), ...failures(401, 403) },
      },
    },
    async (request, reply) => {
      const all: EnvironmentDocument[] = [];
      for await (const document of ofTenant(surface, request, reply)) all.push(document);
      return await statsOf(surface, reply, surface.account(request).tenantId, all);
    },
  );

  scope.get(
    '/api/conda/environment/:env_name',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getEnvironment',
        summary: 'Get an environment',
        description: 'With the packages of its current generation.',
        params: environmentParams,
        response: { 200: json('The environment', environmentDetail), ...failures(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const { document, current } = await surface.environment(request, reply, request.params.env_name);
      const { environmentId, createdBy } = document;
      const usage = {
        tasks: await surface.parts.readModels.count(taskModel.name, { index: 'environment', value: environmentId }),
        executions: await surface.document<ExecutionUsageDocument>(reply, executionUsage.name, environmentId),
      };
      return viewDetail(document, current, usage, createdBy === surface.account(request).userId, times);
    },
  );
}

async function* ofTenant(surface: CondaSurface, request: FastifyRequest, reply: FastifyReply): AsyncGenerator<EnvironmentDocument> {
  const where = { index: 'tenant', value: surface.account(request).tenantId };
  for await (const page of surface.parts.readModels.list(environmentModel.name, { where })) {
    for (const stored of page) {
      if (stored.parked) markStale(reply);
      yield read<EnvironmentDocument>(stored);
    }
  }
}
