import { Readable } from 'node:stream';
import { z } from 'zod';
import { MusterError } from '#domain/errors/index.js';
import { USAGE_POINT_SECONDS } from '#domain/protocol/index.js';
import { SERVICE_TASK, serviceErrors } from '#domain/service/index.js';
import { access, errors, flag, holding, ignoreBodies, joined, json, sendLogOrKept, type Scope } from '#src/surfaces/kit/index.js';
import { logsView, metricsView, serviceParams, usageView } from '../contract/service.js';
import { instancesOf, instancesOfDeployment, logLinesOf, newestInstancesOf } from '../instances.js';
import { metricsOf, usedBy } from '../instance-metrics.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const params = serviceParams;
const DEFAULT_TAIL = 1000;
const logsQuery = z.strictObject({
  tail: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .meta({ description: `Ours. The last so many lines of each instance; absent: ${DEFAULT_TAIL}, and all of a download` }),
  search: z.string().min(1).max(1000).optional().meta({ description: 'Ours. Only lines that hold this text' }),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({
      description: 'Ours. Only what was written since. Of an instance that has ended nobody knows any more when: all of it',
      examples: ['2026-11-20T02:00:00Z'],
    }),
  deployment: z.coerce.number().int().min(1).optional().meta({
    description: 'Ours. Of the instances of that deployment, also where it failed and another one serves; absent: of those that run, else of the newest',
  }),
  follow: flag.meta({ description: 'Ours. Server-sent events, a line each, as they are written; of its first instance, standard output' }),
  download: flag.meta({ description: 'Ours. As a text file, not as JSON' }),
});

/** What the instances of a service write and use. */
export function instanceReads(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);

  scope.get(
    '/api/v1/services/:id/logs',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getLogs',
        summary: 'Read the logs of a service',
        description:
          'Lines of all its instances; of one that has stopped those of its newest deployment, as long as its node keeps them. None where nothing ran.',
        params,
        querystring: logsQuery,
        response: { 200: json('Its logs', logsView), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { search, follow, download, deployment } = request.query;
      const since = request.query.since === undefined ? undefined : Date.parse(request.query.since) / 1000;
      const tail = request.query.tail ?? (download === 'true' ? undefined : DEFAULT_TAIL);
      const instances = await (deployment === undefined ? newestInstancesOf(surface, serviceId) : instancesOfDeployment(surface, serviceId, deployment));
      if (follow === 'true') {
        const [first] = instances;
        const task = Object.keys(first?.tasks ?? {})[0] ?? SERVICE_TASK;
        const log = { at: first, task, stream: 'stdout' as const, tail, since, absent: serviceErrors.MUSTER_E_SERVICE_LOGS };
        return await sendLogOrKept(surface, reply, log, async () => undefined, { follow: true, search });
      }
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const written = instances.map((instance) => logLinesOf(surface, instance, { tail, since }, gone.signal));
      const wanted = search === undefined ? written : written.map((lines) => holding(lines, search));
      if (download === 'true') {
        reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
        reply.header('content-disposition', `attachment; filename="service-${serviceId}.log"`);
        return await reply.send(Readable.from(joined(oneByOne(wanted)), { objectMode: false }));
      }
      return { logs: (await Promise.all(wanted.map(collected))).flat() };
    },
  );

  scope.get(
    '/api/v1/services/:id/metrics',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getMetrics',
        summary: 'Read the metrics of a service',
        description: 'What its first instance uses. Null where nothing runs.',
        params,
        response: { 200: json('Its metrics', metricsView), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const instance = (await instancesOf(surface, serviceId)).find(({ running }) => running);
      const metrics = await metricsOf(surface, instance);
      if (metrics === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_METRICS);
      return { metrics };
    },
  );

  scope.get(
    '/api/v1/services/:id/metrics/history',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getUsage',
        summary: 'Read what a service used over the last hour',
        description: 'Ours. Of each of its instances a point a half minute, as its agent measured it; kept by the agent, and begun anew with it.',
        params,
        response: { 200: json('What its instances used', usageView), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const instances = (await instancesOf(surface, serviceId)).filter(({ running }) => running);
      return { interval_seconds: USAGE_POINT_SECONDS, instances: await Promise.all(instances.map(async (instance) => await usedBy(surface, instance))) };
    },
  );
}

async function* oneByOne(logs: readonly AsyncIterable<readonly string[]>[]): AsyncGenerator<readonly string[]> {
  for (const lines of logs) yield* lines;
}

async function collected(log: AsyncIterable<readonly string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of log) all.push(...lines);
  return all;
}
