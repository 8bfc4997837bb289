import type { FastifyInstance } from 'fastify';
import type { DocumentLink } from '#agents/platform/generated-document.js';
import { access } from '#src/http/index.js';

export interface Overview {
  readonly metrics: boolean;
  readonly documents?: () => readonly DocumentLink[];
}

export async function overviewRoute(app: FastifyInstance, { metrics, documents }: Overview): Promise<void> {
  app.get('/', { config: access.anyone, schema: { hide: true } }, () => ({
    name: 'muster',
    ...(documents !== undefined && { docs: '/docs', documents: documents() }),
    health: ['/livez', '/readyz'],
    ...(metrics && { metrics: '/metrics' }),
  }));
}
