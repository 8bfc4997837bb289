import type { FastifyInstance } from 'fastify';
import type { DocumentLink } from '#agents/written-document.js';
import { access, ignoreBodies } from '#src/surfaces/kit/index.js';

export interface Overview {
  readonly metrics: boolean;
  /** What describes its surfaces; absent where it has none. */
  readonly documents?: () => readonly DocumentLink[];
}

/** `/`: what there is on this server. */
export async function overviewRoute(app: FastifyInstance, { metrics, documents }: Overview): Promise<void> {
  ignoreBodies(app);
  app.get('/', { config: access.anyone, schema: { hide: true } }, () => ({
    name: 'muster',
    ...(documents !== undefined && { docs: '/docs', documents: documents() }),
    health: ['/livez', '/readyz'],
    ...(metrics && { metrics: '/metrics' }),
  }));
}
