import type { FastifyInstance } from 'fastify';
import type { DocumentLink } from '#agents/generated-document.js';
import { access, ignoreBodies } from '#src/surfaces/kit/index.js';

export interface Overview {
  readonly metrics: boolean;
  /** Links to the API descriptions; undefined without surfaces. */
  readonly documents?: () => readonly DocumentLink[];
}

/** `/` lists what this server serves. */
export async function overviewRoute(app: FastifyInstance, { metrics, documents }: Overview): Promise<void> {
  ignoreBodies(app);
  app.get('/', { config: access.anyone, schema: { hide: true } }, () => ({
    name: 'muster',
    ...(documents !== undefined && { docs: '/docs', documents: documents() }),
    health: ['/livez', '/readyz'],
    ...(metrics && { metrics: '/metrics' }),
  }));
}
