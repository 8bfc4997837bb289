import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ReadinessCheck, access } from '#src/http/index.js';

export interface HealthOptions {
  readonly readiness: () => readonly ReadinessCheck[];
  readonly isOperator: (request: FastifyRequest) => boolean | Promise<boolean>;
}

/**
 * `/livez` shows that the process responds. `/readyz` reports whether it accepts requests and, if not, which checks fail and since when.
 * `?verbose` lists all checks, with details for operators.
 */
export async function healthRoutes(
  app: FastifyInstance,
  { readiness, isOperator }: HealthOptions,
): Promise<void> {
  app.get('/livez', { config: access.anyone, schema: { hide: true } }, async () => ({ status: 'ok' }));

  app.get(
    '/readyz',
    {
      config: access.anyone,
      schema: { hide: true, querystring: z.object({ verbose: z.string().optional() }) },
    },
    async (request, reply) => {
      const checks = readiness();
      const failing = checks.filter(({ ok }) => !ok);
      const asked = (request.query as { readonly verbose?: string }).verbose !== undefined;
      const verbose = asked
        ? { checks: (await isOperator(request)) ? checks : checks.map(({ name, ok }) => ({ name, ok })) }
        : {};
      if (failing.length === 0) return { status: 'ok', ...verbose };
      if (failing.every(({ vital }) => vital === false))
        return { status: `degraded: ${named(failing)}`, ...verbose };
      return reply
        .code(503)
        .header('retry-after', '1')
        .send({ error: `not ready: ${named(failing)}`, ...verbose });
    },
  );
}

function named(checks: readonly ReadinessCheck[]): string {
  return checks.map(({ name, since }) => (since === undefined ? name : `${name} since ${since}`)).join(', ');
}
