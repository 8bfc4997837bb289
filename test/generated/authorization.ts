import type { FastifyInstance } from 'fastify';
import type { RouteAccess } from '#src/http/access/table.js';
import { onlyWithout } from '#src/http/mount.js';

export const AUTHORIZATION_FILE = 'docs/authorization.md';

/** Collects what the routes of a server say of who may call them; call it before the server is ready. */
export function collectAccess(app: FastifyInstance): RouteAccess[] {
  const routes: RouteAccess[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      // The pages of the documentation are all open, and a plugin's own.
      if (method === 'HEAD' || route.url.startsWith('/docs')) continue;
      // Looked at later: a scope may add a policy after this.
      Object.defineProperty(routes, routes.length, {
        enumerable: true,
        configurable: true,
        get: () => ({
          method,
          url: route.url,
          policy: route.config?.access,
          withoutAuthorization: onlyWithout(route.constraints, 'authorization'),
        }),
      });
    }
  });
  return routes;
}
