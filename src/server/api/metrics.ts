import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#src/engine/metrics/index.js';
import { access, ignoreBodies } from '#src/surfaces/kit/index.js';

/** `/metrics` in Prometheus's text format. It needs no login, because scrapers have none, and the metrics contain no names of jobs, nodes or accounts. */
export async function metricsRoute(
  app: FastifyInstance,
  { metrics }: { readonly metrics: Metrics },
): Promise<void> {
  ignoreBodies(app);
  app.get('/metrics', { config: access.anyone, schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
