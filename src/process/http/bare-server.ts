import fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  admitOwnNames,
  handleHeadRequests,
  isForForeignPage,
  LocalConnections,
  NAMED_RESPONSES,
} from '#agents/platform/listener/index.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { isMusterError, MusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import {
  ClientAddresses,
  DEFAULT_LIMITS,
  readBodies,
  hostNamesOf,
  SCHEMAS,
  type HttpSettings,
} from '#src/http/index.js';
import { healthRoutes } from './health-routes.js';
import { metricsRoute } from './metrics-route.js';
import { overviewRoute } from './overview.js';
import type { ServerParts } from './server.js';
import { measureRequests } from '#src/engine/metrics/index.js';

export interface BareParts extends Pick<ServerParts, 'readiness' | 'metrics' | 'logger'> {
  /** Default: the settings of a server that listens on loopback. */
  readonly settings?: Pick<
    HttpSettings,
    'host' | 'allowedHosts' | 'localAccess' | 'trustedProxies' | 'serverUrl' | 'agentUrl'
  >;
}

const NOT_HERE: ErrorCode = 'MUSTER_E_ROUTE_NOT_FOUND';

/** Builds the HTTP server of a process without the role `api`. It only serves health, metrics and the overview. */
export function buildBareServer(parts: BareParts): FastifyInstance {
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    forceCloseConnections: true,
    schemaController: SCHEMAS,
    exposeHeadRoutes: true,
    http: { ...NAMED_RESPONSES, requireHostHeader: false },
  });
  if (parts.metrics !== undefined) measureRequests(app, parts.metrics);
  app.setErrorHandler((error, request, reply) => {
    const told = isMusterError(error)
      ? error
      : new MusterError('MUSTER_E_INTERNAL', { requestId: request.id }, { cause: error });
    return reply.code(told.status).header('x-muster-error', told.code).send({ error: told.message });
  });
  admitOwnNames(app, hostNamesOf(parts.settings ?? { host: '127.0.0.1' }));
  handleHeadRequests(app);
  readBodies(app, DEFAULT_LIMITS.jsonDepth);
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .header('x-muster-error', NOT_HERE)
      .send({ error: 'this server does not have the role api' }),
  );
  const { host, localAccess = 'same-user', trustedProxies } = parts.settings ?? { host: '127.0.0.1' };
  const addresses = new ClientAddresses(trustedProxies);
  const local = new LocalConnections(localAccess);
  // This process cannot check credentials, so a request that contains credentials is not treated as the operator's.
  const isOperator = ({ headers, raw: { socket } }: FastifyRequest): boolean | Promise<boolean> =>
    isLoopback(host) &&
    headers.authorization === undefined &&
    headers['x-api-key'] === undefined &&
    !isForForeignPage(headers) &&
    !addresses.isProxied(socket) &&
    local.isOperator(socket);
  app.register(healthRoutes, { readiness: parts.readiness, isOperator });
  if (parts.metrics !== undefined) app.register(metricsRoute, { metrics: parts.metrics });
  app.register(overviewRoute, { metrics: parts.metrics !== undefined });
  return app;
}
