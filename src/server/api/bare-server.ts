import fastify, { LogController, type FastifyInstance } from 'fastify';
import type { ApiDependencies } from '#src/surfaces/kit/dependencies.js';
import { healthRoutes } from './health.js';
import { metricsRoute } from './metrics.js';
import { measureRequests } from '#src/engine/metrics/index.js';
import { validateByZod } from '#src/surfaces/kit/validation.js';

/** The HTTP server of a process without the role `api`: it says how it is, and nothing else. */
export function buildBareServer(parts: Pick<ApiDependencies, 'readiness' | 'metrics' | 'logger'>): FastifyInstance {
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  if (parts.metrics !== undefined) measureRequests(app, parts.metrics);
  app.setValidatorCompiler(validateByZod);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'this server has not the role api' }));
  app.register(healthRoutes, { readiness: parts.readiness });
  if (parts.metrics !== undefined) app.register(metricsRoute, { metrics: parts.metrics });
  return app;
}
