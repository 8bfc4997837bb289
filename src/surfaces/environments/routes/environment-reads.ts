import { z } from 'zod';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import {
  environments as environmentModel,
  type EnvironmentDocument,
} from '#projections/environments/environments.js';
import { executionUsage, type ExecutionUsageDocument } from '#projections/environments/execution-usage.js';
import { tasks as taskModel } from '#projections/tasks/tasks.js';
import { json, markStale, read, type Scope } from '#src/http/index.js';
import { failures } from '../responses.js';
import {
  environmentDetail,
  environmentEntry,
  environmentParams,
  environmentStats,
} from '../environment-contract.js';
import { EntryCache } from '../entry-cache.js';
import { currentPackages, generationPackages } from '../environment-packages.js';
import { viewDetail, viewEntry } from '../environment-view.js';
import { byAccount } from '../rights.js';
import { statsOf } from '../environment-stats.js';
import type { CondaSurface } from '../surface.js';

const tags = ['environments'];

export function environmentReads(scope: Scope, surface: CondaSurface): void {
  const { times } = surface;
  const texts = new EntryCache();

  scope.get(
    '/api/conda/environments',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_listEnvironments',
        summary: 'List environments',
        description: 'Returns the environments of your tenant in order of creation.',
        response: { 200: json('The environments', z.array(environmentEntry)), ...failures() },
      },
    },
    async (request, reply) => {
      const { tenantId } = surface.account(request);
      const held = await currentPackages(surface, tenantId);
      const all: string[] = [];
      for await (const stored of ofTenant(surface, tenantId)) {
        const packages = held.get(stored.id);
        if (packages === undefined) continue;
        if (stored.parked || packages.parked) markStale(reply);
        all.push(
          texts.of(stored, packages, () => JSON.stringify(viewEntry(read(stored), read(packages), times))),
        );
      }
      return reply.type('application/json; charset=utf-8').send(Buffer.from(`[${all.join(',')}]`));
    },
  );

  scope.get(
    '/api/conda/stats',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getEnvironmentStats',
        summary: 'Get environment statistics',
        description: 'Returns disk usage, and usage by tasks.',
        response: { 200: json('The statistics', environmentStats), ...failures() },
      },
    },
    async (request, reply) => {
      const all: EnvironmentDocument[] = [];
      const { tenantId } = surface.account(request);
      for await (const stored of ofTenant(surface, tenantId)) {
        if (stored.parked) markStale(reply);
        all.push(read(stored));
      }
      return await statsOf(surface, reply, tenantId, all);
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
        description: 'Returns the environment with the packages of its current generation.',
        params: environmentParams,
        response: { 200: json('The environment', environmentDetail), ...failures(404) },
      },
    },
    async (request, reply) => {
      const { document, current } = await surface.environment(request, reply, request.params.env_name);
      const { environmentId, createdBy } = document;
      const packages = await generationPackages(surface, reply, document, current.number);
      const usage = {
        tasks: await surface.parts.readModels.count(taskModel.name, {
          index: 'environment',
          value: environmentId,
        }),
        executions: await surface.document<ExecutionUsageDocument>(reply, executionUsage.name, environmentId),
      };
      return viewDetail(
        document,
        current,
        packages,
        usage,
        createdBy === surface.account(request).userId,
        times,
      );
    },
  );
}

async function* ofTenant(
  { parts: { readModels } }: CondaSurface,
  tenantId: string,
): AsyncGenerator<StoredDocument> {
  for await (const page of readModels.list(environmentModel.name, {
    where: { index: 'tenant', value: tenantId },
  }))
    yield* page;
}
