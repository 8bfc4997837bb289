import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { goneSignal } from '#agents/platform/listener/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { USAGE_POINT_SECONDS } from '#domain/protocol/index.js';
import { serviceErrors } from '#domain/services/service/index.js';
import { access, byteStream, errors, flag, json, keepAlive, whole, type Scope } from '#src/http/index.js';
import {
  joined,
  LOG_END_HEADER,
  lineTimes,
  logStream,
  sendEvents,
  streamIn,
} from '#src/features/task-logs/index.js';
import { logsView, metricsView, serviceParams, usageView } from '../contract/service.js';
import { FollowedService } from '../follow-logs.js';
import { instancesOf } from '../instances.js';
import { hasStarted, logPiecesOf, logPlacesOf, type LogPiece } from '../instance-logs.js';
import { metricsOf, usedBy } from '../instance-metrics.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const params = serviceParams;
const DEFAULT_TAIL = 1000;
const linesQuery = {
  tail: whole(0, 10_000)
    .optional()
    .meta({
      description: `Extension. Number of lines from the end of each instance's log. By default, ${DEFAULT_TAIL}, or all for a download`,
    }),
  search: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'Extension. Only lines that contain this text' }),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({
      description:
        'Extension. Only lines from this time on, by the clock of the node. If only the end of a log is stored, all of it is returned',
      examples: ['2026-11-20T02:00:00Z'],
    }),
  until: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Extension. Only lines before this time. A followed log ends then' }),
  timestamps: flag.meta({
    description:
      'Extension. Put the time of each line (RFC 3339, UTC) and a space before it. The stored end of a log has no times',
  }),
  deployment: whole(1).optional().meta({
    description:
      "Extension. Logs of this deployment's instances, even if it failed and a different one is active. Default: running instances, or else the latest deployment",
  }),
  stream: logStream.meta({
    description:
      'Extension. Return only standard output or only standard error. Default: both, in the order in which they were written',
  }),
};
const prefix = flag.meta({
  description:
    'Extension. Whether the lines of a followed log begin with the first 8 characters of the id of their instance and ` | `. Default: from when several instances run at the same time',
});
const logsQuery = z.strictObject({
  ...linesQuery,
  prefix,
  follow: flag.meta({
    description:
      'Extension. If `true`, returns the same response as `GET /api/v1/services/{id}/logs/follow`. Use that route if the media type matters',
  }),
  download: flag.meta({
    description:
      'Extension. If `true`, returns the same response as `GET /api/v1/services/{id}/logs/download`. Use that route if the media type matters',
  }),
});
type LogsQuery = z.infer<typeof logsQuery>;

export function instanceReads(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/services/:id/logs',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getLogs',
        summary: 'Read the logs of a service',
        description:
          'Returns log lines of all instances or, for a stopped service, of the instances of its latest deployment. If the node of an instance cannot provide them, the response contains the stored end of the output (8 KiB) of this instance or of earlier ones. It then has the header `X-Muster-Log-End: true` and a line `-- muster: … --`. If there is no output, the response is empty; a followed log then contains a line that explains this.',
        params,
        querystring: logsQuery,
        response: { 200: json('The logs', logsView), ...errors(404) },
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
        description:
          'Extension. Streams the logs of all instances, and of those that start later: after a restart, an update or a move to another node. Waits for the first instance if none has started. Ends when the service has ended (stopped, failed or deleted), or the followed deployment. The last line says why. Lines of Muster itself have the form `-- muster: … --`.',
        params,
        querystring: z.strictObject({ ...linesQuery, prefix }),
        response: {
          200: byteStream('Log lines as they are written', {
            'text/event-stream': 'Server-sent events, one per line; the last is `end`',
          }),
          ...errors(404),
        },
      },
    },
    async (request, reply) =>
      await sendLogs(surface, request, reply, request.params.id, { ...request.query, follow: 'true' }),
  );

  scope.get(
    '/api/v1/services/:id/logs/download',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_downloadLogs',
        summary: 'Download the logs of a service',
        description: 'Extension. Returns the lines of all instances, one instance after another.',
        params,
        querystring: z.strictObject(linesQuery),
        response: {
          200: byteStream('The logs', { 'text/plain': 'A text file, one line after another' }),
          ...errors(404),
        },
      },
    },
    async (request, reply) =>
      await sendLogs(surface, request, reply, request.params.id, { ...request.query, download: 'true' }),
  );

  scope.get(
    '/api/v1/services/:id/metrics',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getMetrics',
        summary: 'Read the metrics of a service',
        description: 'Returns the usage of the first running instance, or null if none is running.',
        params,
        response: { 200: json('The metrics', metricsView), ...errors(404) },
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
        summary: 'Get the usage of a service over the last hour',
        description:
          'Extension. Returns one point for every 30 seconds of each instance. Agents measure and store the points, which survive restarts of the agent.',
        params,
        response: { 200: json('The usage', usageView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const instances = (await instancesOf(surface, serviceId)).filter(({ running }) => running);
      return {
        interval_seconds: USAGE_POINT_SECONDS,
        instances: await Promise.all(instances.map(async (instance) => await usedBy(surface, instance))),
      };
    },
  );
}

async function sendLogs(
  surface: ServicesSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  query: LogsQuery,
) {
  const { serviceId } = await surface.service(request, reply, id);
  const { search, follow, download, deployment } = query;
  const stream = streamIn(query);
  const times = lineTimes(query);
  const tail = query.tail ?? (download === 'true' ? undefined : DEFAULT_TAIL);
  const places = await logPlacesOf(surface, serviceId, deployment);
  if (follow === 'true') {
    // After a moment of the past nothing happens, so that the stream would never end.
    if (surface.parts.isPast === true)
      throw new MusterError('MUSTER_E_NOT_AS_OF', { what: 'the response of an agent' });
    const signal = surface.followers.admit(reply);
    const prefix = query.prefix === undefined ? undefined : query.prefix === 'true';
    const selection = { stream, tail, search, deployment, prefix, ...times };
    const followed = new FollowedService(surface, serviceId, selection, signal).lines(places);
    if (!places.some(hasStarted)) reply.header(LOG_END_HEADER, 'true');
    return sendEvents(reply, keepAlive(followed, surface.parts.clock, surface.limits.keepAliveMs, signal));
  }
  const gone = goneSignal(reply);
  const pieces = places.map((place) =>
    wanted(logPiecesOf(surface, place, { stream, tail, ...times }, gone), search),
  );
  if (download === 'true') {
    reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
    reply.header('content-disposition', `attachment; filename="service-${serviceId}.log"`);
    return await reply.send(Readable.from(joined(linesOneByOne(pieces)), { objectMode: false }));
  }
  const all = (await Promise.all(pieces.map(collected))).flat();
  if (all.some(({ ours }) => ours)) reply.header(LOG_END_HEADER, 'true');
  return { logs: all.flatMap(({ lines }) => lines) };
}

async function* wanted(pieces: AsyncIterable<LogPiece>, text: string | undefined): AsyncGenerator<LogPiece> {
  for await (const piece of pieces)
    yield text === undefined || piece.ours
      ? piece
      : { ...piece, lines: piece.lines.filter((line) => line.includes(text)) };
}

async function* linesOneByOne(logs: readonly AsyncIterable<LogPiece>[]): AsyncGenerator<readonly string[]> {
  for (const pieces of logs) for await (const { lines } of pieces) if (lines.length > 0) yield lines;
}

async function collected(log: AsyncIterable<LogPiece>): Promise<LogPiece[]> {
  const all: LogPiece[] = [];
  for await (const piece of log) all.push(piece);
  return all;
}
