import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ReadinessCheck, access, ignoreBodies } from '#src/surfaces/kit/index.js';

/** `/livez`: this process answers. `/readyz`: it wants requests; `?verbose` names the checks. */
export async function healthRoutes(app: FastifyInstance, { readiness }: { readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]> }): Promise<void> {
  ignoreBodies(app);

  app.get('/livez', { exposeHeadRoute: true, config: access.anyone, schema: { hide: true } }, async () => ({ status: 'ok' }));

  app.get('/readyz', { exposeHeadRoute: true, config: access.anyone, schema: { hide: true, querystring: z.object({ verbose: z.string().optional() }) } }, async (request, reply) => {
    const checks = await readiness();
    const failing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    const verbose = (request.query as { readonly verbose?: string }).verbose !== undefined ? { checks } : {};
    if (failing.length === 0) return { status: 'ok', ...verbose };
    return reply.code(503).header('retry-after', '1').send({ error: `not ready: ${failing.join(', ')}`, ...verbose });
  });
}
