import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#src/engine/metrics/index.js';
import { access } from '#src/http/index.js';

export async function metricsRoute(
  app: FastifyInstance,
  { metrics }: { readonly metrics: Metrics },
): Promise<void> {
  app.get('/metrics', { config: access.anyone, schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
