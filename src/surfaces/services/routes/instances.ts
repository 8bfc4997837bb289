import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { goneSignal } from '#agents/listener/index.js';
import { MusterError } from '#domain/errors/index.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import { USAGE_POINT_SECONDS } from '#domain/protocol/index.js';
import { SERVICE_TASK, serviceErrors } from '#domain/service/index.js';
import { outputAt } from '#src/fleet/tasks/index.js';
import {
  access,
  byteStream,
  errors,
  flag,
  ignoreBodies,
  joined,
  json,
  LOG_END_HEADER,
  logStream,
  sendEvents,
  sendLogOrKept,
  streamIn,
  type Scope,
} from '#src/surfaces/kit/index.js';
import { logsView, metricsView, serviceParams, usageView } from '../contract/service.js';
import { instancesOf } from '../instances.js';
import { hasStarted, logPiecesOf, logPlacesOf, nothingToFollow, ownEndsOf, type LogPiece, type LogPlace } from '../instance-logs.js';
import { metricsOf, usedBy } from '../instance-metrics.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const params = serviceParams;
const DEFAULT_TAIL = 1000;
const linesQuery = {
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
      description: 'Ours. Only what was written since, or a little before. Where only the end of a log was kept: all of it',
      examples: ['2026-11-20T02:00:00Z'],
    }),
  deployment: z.coerce.number().int().min(1).optional().meta({
    description: 'Ours. Of the instances of that deployment, also where it failed and another one serves; absent: of those that run, else of the newest',
  }),
  stream: logStream.meta({
    description: 'Ours. Only what instances write to their output, or to their errors; absent: both, in the order in which they were written',
  }),
};
const logsQuery = z.strictObject({
  ...linesQuery,
  follow: flag.meta({
    description: 'Ours. With `true` the answer is that of `GET /api/v1/services/{id}/logs/follow`: use that route where the type of an answer matters',
  }),
  download: flag.meta({
    description: 'Ours. With `true` the answer is that of `GET /api/v1/services/{id}/logs/download`: use that route where the type of an answer matters',
  }),
});
type LogsQuery = z.infer<typeof logsQuery>;

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
          'Lines of all its instances; of one that has stopped those of its newest deployment. Where the node of an instance cannot say them, the end of what it wrote that was kept when it ended (8 KiB), else what was kept of those before it; a line `-- muster: … --` says so, and the header `X-Muster-Log-End: true`. None where nothing ran; followed, a line says that.',
        params,
        querystring: logsQuery,
        response: { 200: json('Its logs', logsView), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => await sendLogs(surface, request, reply, request.params.id, request.query),
  );

  scope.get(
    '/api/v1/services/:id/logs/follow',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_followLogs',
        summary: 'Follow the logs of a service',
        description: 'Ours. Of its first instance, as it writes them, until the instance has ended.',
        params,
        querystring: z.strictObject(linesQuery),
        response: {
          200: byteStream('Its lines, as they are written', { 'text/event-stream': 'Server-sent events, one a line; the last is `end`' }),
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => await sendLogs(surface, request, reply, request.params.id, { ...request.query, follow: 'true' }),
  );

  scope.get(
    '/api/v1/services/:id/logs/download',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_downloadLogs',
        summary: 'Download the logs of a service',
        description: 'Ours. The lines of all its instances, one instance after another.',
        params,
        querystring: z.strictObject(linesQuery),
        response: { 200: byteStream('Its logs', { 'text/plain': 'A text file, one line after another' }), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => await sendLogs(surface, request, reply, request.params.id, { ...request.query, download: 'true' }),
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
        description: 'Ours. Of each of its instances a point a half minute, as its agent measured it; its agent keeps them, also over its own restarts.',
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

/** Sends lines of all instances as JSON or a file, or streams those of the first one. */
async function sendLogs(surface: ServicesSurface, request: FastifyRequest, reply: FastifyReply, id: string, query: LogsQuery) {
  const { serviceId } = await surface.service(request, reply, id);
  const { search, follow, download, deployment } = query;
  const stream = streamIn(query);
  const since = query.since === undefined ? undefined : Date.parse(query.since) / 1000;
  const tail = query.tail ?? (download === 'true' ? undefined : DEFAULT_TAIL);
  const places = await logPlacesOf(surface, serviceId, deployment);
  if (follow === 'true') {
    const first = places.find(hasStarted);
    if (first === undefined) return sendEvents(reply.header(LOG_END_HEADER, 'true'), nothingToFollow(surface, places, { stream, tail, since }));
    const task = Object.keys(first.held.tasks)[0] ?? SERVICE_TASK;
    const log = { at: first.held, task, stream, tail, since, absent: serviceErrors.MUSTER_E_SERVICE_LOGS };
    return await sendLogOrKept(surface, reply, log, () => keptOutput(surface, first, stream), { follow: true, search });
  }
  const gone = goneSignal(reply);
  const pieces = places.map((place) => wanted(logPiecesOf(surface, place, { stream, tail, since }, gone), search));
  if (download === 'true') {
    reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
    reply.header('content-disposition', `attachment; filename="service-${serviceId}.log"`);
    return await reply.send(Readable.from(joined(linesOneByOne(pieces)), { objectMode: false }));
  }
  const all = (await Promise.all(pieces.map(collected))).flat();
  if (all.some(({ ours }) => ours)) reply.header(LOG_END_HEADER, 'true');
  return { logs: all.flatMap(({ lines }) => lines) };
}

/** Returns the output that the instance itself reported at its end. */
async function keptOutput({ parts }: ServicesSurface, place: LogPlace, stream: LogQuery['stream']): Promise<string | undefined> {
  const [end] = ownEndsOf(place);
  const given = end && (await outputAt(parts.results, end.nodeId, end.resultAt));
  return stream === 'both' ? given?.output : given?.streams[stream];
}

/** Filters lines that contain a text; messages of ours always pass. */
async function* wanted(pieces: AsyncIterable<LogPiece>, text: string | undefined): AsyncGenerator<LogPiece> {
  for await (const piece of pieces) yield text === undefined || piece.ours ? piece : { ...piece, lines: piece.lines.filter((line) => line.includes(text)) };
}

async function* linesOneByOne(logs: readonly AsyncIterable<LogPiece>[]): AsyncGenerator<readonly string[]> {
  for (const pieces of logs) for await (const { lines } of pieces) if (lines.length > 0) yield lines;
}

async function collected(log: AsyncIterable<LogPiece>): Promise<LogPiece[]> {
  const all: LogPiece[] = [];
  for await (const piece of log) all.push(piece);
  return all;
}
