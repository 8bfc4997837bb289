import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#src/engine/metrics/index.js';
import { access, ignoreBodies } from '#src/surfaces/kit/index.js';

/** `/metrics`: the figures of this process, in Prometheus's text format. For anyone, as `/readyz` is: who scrapes has no login, and the figures name nothing and nobody. */
export async function metricsRoute(app: FastifyInstance, { metrics }: { readonly metrics: Metrics }): Promise<void> {
  ignoreBodies(app);
  app.get('/metrics', { config: access.anyone, schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
