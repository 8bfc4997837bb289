import { buildResult } from '#domain/drivers/conda/index.js';
import { BUILD_TASK, buildJobOf, environmentErrors, slotOf } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import {
  environmentBuilds,
  type EnvironmentBuildDocument,
} from '#projections/environments/environment-builds.js';
import { byteStream, json, LOG_MEDIA, read, type Scope } from '#src/http/index.js';
import { lineTimes, sendLogOrStoredEnd, streamIn } from '#src/features/task-logs/index.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { failures, refused } from '../responses.js';
import {
  buildCancelled,
  buildList,
  buildLogQuery,
  buildParams,
  buildView,
  environmentParams,
  generationParams,
} from '../environment-contract.js';
import { viewBuild } from '../environment-view.js';
import { byAccount } from '../rights.js';
import { numberIn, type CondaSurface } from '../surface.js';

const tags = ['builds'];
const NEWEST = 100;
type LogQuery = z.output<typeof buildLogQuery>;

export function buildRoutes(scope: Scope, surface: CondaSurface): void {
  const { times } = surface;

  scope.get(
    '/api/conda/environment/:env_name/builds',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_listBuilds',
        summary: 'List builds',
        description: 'Extension. Returns requested changes and their results. Changes run one after another.',
        params: environmentParams,
        response: { 200: json('The builds', buildList), ...failures(404) },
      },
    },
    async (request, reply) => {
      const { environmentId, name } = await surface.anyEnvironment(request, reply, request.params.env_name);
      const found: StoredDocument[] = [];
      const where = { index: 'environment', value: environmentId };
      for await (const page of surface.parts.readModels.list(environmentBuilds.name, {
        where,
        newest: true,
        limit: NEWEST,
      }))
        found.push(...page);
      return {
        environment: name,
        builds: found.map((stored) => viewBuild(read<EnvironmentBuildDocument>(stored), times)),
      };
    },
  );

  scope.get(
    '/api/conda/environment/:env_name/builds/:build',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getBuild',
        summary: 'Get a build',
        description: 'Extension.',
        params: buildParams,
        response: { 200: json('The build', buildView), ...failures(404) },
      },
    },
    async (request, reply) => viewBuild(await buildIn(surface, request, reply, request.params), times),
  );

  scope.get(
    '/api/conda/environment/:env_name/builds/:build/log',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getBuildLog',
        summary: 'Read the log of a build',
        description:
          'Extension. With `follow=true`, the response consists of server-sent events, one per line, and a final event `end`. If the node does not respond or no longer has the log, the response is the end of the log that is stored with the build, with the header `X-Muster-Log-End: true`.',
        params: buildParams,
        querystring: buildLogQuery,
        response: { 200: byteStream('The log', LOG_MEDIA), ...failures(404, 410, 502) },
      },
    },
    async (request, reply) =>
      await sendLog(surface, reply, await buildIn(surface, request, reply, request.params), request.query),
  );

  scope.get(
    '/api/conda/environment/:env_name/generations/:generation/log',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_getGenerationLog',
        summary: 'Read the build log of a generation',
        description:
          'Extension. A generation has the same number as its build. If the node does not respond, the response is the stored end of the log, like for a build.',
        params: generationParams,
        querystring: buildLogQuery,
        response: { 200: byteStream('The log', LOG_MEDIA), ...failures(404, 410, 502) },
      },
    },
    async (request, reply) => {
      const { env_name, generation: build } = request.params;
      return await sendLog(
        surface,
        reply,
        await buildIn(surface, request, reply, { env_name, build }),
        request.query,
      );
    },
  );

  scope.post(
    '/api/conda/environment/:env_name/builds/:build/cancel',
    {
      config: { ...byAccount, unmetered: true },
      schema: {
        tags,
        operationId: 'conda_cancelBuild',
        summary: 'Cancel a build',
        description:
          'Extension. Ends a running build or removes a waiting one. The environment is not changed, and a new environment is not created.',
        params: buildParams,
        response: {
          200: json('The build has ended', buildCancelled),
          400: refused,
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const environment = await surface.anyEnvironment(request, reply, request.params.env_name);
      surface.demandOwn(request, environment, 'modify packages in');
      await surface.written(
        reply,
        await surface.environments.cancelBuild(
          environment,
          numberIn(request.params.build),
          surface.context(request),
        ),
      );
      return { success: true as const, message: 'Build cancelled' as const };
    },
  );
}

async function buildIn(
  surface: CondaSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  { env_name, build }: { readonly env_name: string; readonly build: string },
): Promise<EnvironmentBuildDocument> {
  const { environmentId } = await surface.anyEnvironment(request, reply, env_name);
  const document = await surface.document<EnvironmentBuildDocument>(
    reply,
    environmentBuilds.name,
    buildJobOf(environmentId, numberIn(build)),
  );
  if (document === undefined)
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND, { build: numberIn(build) });
  return document;
}

async function sendLog(
  surface: CondaSurface,
  reply: FastifyReply,
  build: EnvironmentBuildDocument,
  query: LogQuery,
): Promise<FastifyReply> {
  const { tail, follow } = query;
  const stream = streamIn(query);
  const log = {
    at: slotOf(build.work) ?? undefined,
    task: BUILD_TASK,
    stream,
    tail,
    ...lineTimes(query),
    absent: environmentErrors.MUSTER_E_ENVIRONMENT_BUILD_NO_LOG,
  };
  const kept = async (): Promise<string | undefined> =>
    stream !== 'stderr' ? await storedLog(surface, build) : undefined;
  return await sendLogOrStoredEnd(surface, reply, log, kept, { follow: follow === 'true' });
}

async function storedLog(
  { parts: { results } }: CondaSurface,
  { worker, resultAt }: EnvironmentBuildDocument,
): Promise<string | undefined> {
  return worker === null || resultAt === null
    ? undefined
    : buildResult.safeParse(await results.read(worker, resultAt)).data?.log;
}
