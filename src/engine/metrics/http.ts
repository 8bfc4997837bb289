import type { FastifyInstance } from 'fastify';
import { Durations } from './durations.js';
import type { Metrics } from './metrics.js';

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
/** Label for requests that match no route. Their path is chosen by the client, so it must not become a label. */
const NO_ROUTE = 'none';

class RouteDurations {
  readonly byClass: (Durations | undefined)[] = [];

  constructor(
    readonly method: string,
    readonly route: string,
  ) {}

  observe(status: number, seconds: number): void {
    const at = Math.min(CLASSES.length, Math.max(1, Math.floor(status / 100))) - 1;
    (this.byClass[at] ??= new Durations()).observe(seconds);
  }
}

/**
 * Measures every request, from its headers to the end of its response, by route pattern, method and status class, all of which are limited in number.
 * Must be called before the routes are added. A streamed response is counted when it ends.
 */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const routes: RouteDurations[] = [];
  const unrouted = new RouteDurations('any', NO_ROUTE);
  routes.push(unrouted);

  app.addHook('onRoute', (options) => {
    const method = [options.method].flat().join(',');
    const known = routes.find((each) => each.method === method && each.route === options.url);
    const durations = known ?? new RouteDurations(method, options.url);
    if (known === undefined) routes.push(durations);
    options.onResponse = [options.onResponse ?? []].flat();
    options.onResponse.push((_request, reply, done) => {
      durations.observe(reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) unrouted.observe(reply.statusCode, reply.elapsedTime / 1000);
    done();
  });

  metrics.durations(
    'muster_http_request_duration_seconds',
    'Duration of requests by route, method and status class, from the request headers to the end of the response.',
    () =>
      routes.flatMap(({ route, method, byClass }) =>
        byClass.flatMap((durations, at) =>
          durations === undefined
            ? []
            : [{ labels: { route, method, status: CLASSES[at] ?? '' }, snapshot: durations.snapshot() }],
        ),
      ),
  );
}
