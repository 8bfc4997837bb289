import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import {
  admitOwnNames,
  handleHeadRequests,
  LocalConnections,
  NAMED_RESPONSES,
} from '#agents/platform/listener/index.js';
import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import type { MusterError } from '#domain/kernel/errors/index.js';
import { authenticateNodes, type NodeAccess } from '#src/fleet/node-access/index.js';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { isLoopback } from '#agents/platform/loopback.js';
import {
  AccountQueues,
  guard,
  noteAttempts,
  checkKeys,
  ClientAddresses,
  DEFAULT_LIMITS,
  readBodies,
  type Admitted,
  type ApiLimits,
  type AsOfOptions,
  type HttpSettings,
  drainOnClose,
  enforceLogQuota,
  ApiDocuments,
  documentRoutes,
  answerClientError,
  answerAsOf,
  answerErrors,
  answerFrameworkError,
  nameRequests,
  storeNothing,
  renewConsoleSessions,
  pathOf,
  requestIdOf,
  StallWatch,
  Surfaces,
  SCHEMAS,
  hostNamesOf,
  headerConstraints,
  MAX_PAST_REQUESTS,
  messageAlone,
  type Scope,
} from '#src/http/index.js';
import { surfaceHost } from '../surfaces/host.js';
import type { SurfaceParts } from '../surfaces/list.js';
import type { Loaded } from '../surfaces/load.js';
import { healthRoutes } from './health-routes.js';
import { metricsRoute } from './metrics-route.js';
import { overviewRoute } from './overview.js';
import { measureRequests, type Metrics } from '#src/engine/metrics/index.js';
import { traceRequests } from '#src/engine/tracing/index.js';

/** What the server uses, and what it hands to the surfaces. The caller creates and closes the parts. */
export interface ServerParts extends SurfaceParts {
  readonly metrics?: Metrics;
  readonly surfaces: readonly Loaded[];
  readonly nodes: NodeAccess;
  readonly logger: FastifyBaseLogger;
  /** Executes GETs as of a moment. Absent if history is disabled. */
  readonly past?: Pick<AsOfOptions, 'ask'> | undefined;
  /** Whether an error is counted elsewhere and need not be logged, such as each failure during an outage. Default: all errors are logged. */
  readonly wasExpected?: (error: MusterError) => boolean;
  readonly limits?: Partial<ApiLimits>;
  /** Returns the caller of the request in progress, whom another server has admitted. */
  readonly admitted?: () => Admitted;
  readonly settings: HttpSettings &
    SurfaceParts['settings'] & {
      readonly surfaces: Readonly<Record<string, unknown>>;
      readonly quotas?: DefaultLimits;
    };
}

/** Builds the HTTP server with all surfaces, without listening. Closing it ends streams and waits for other requests. Dependencies remain open. */
export function buildServer(parts: ServerParts, documents = new ApiDocuments()): FastifyInstance {
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const surfaces = new Surfaces(messageAlone);
  for (const { served } of parts.surfaces)
    for (const mount of served.mounts)
      surfaces.mount(mount, mount.errorShape ?? served.errorShape, mount.unrouted);

  const stalls = new StallWatch(parts.clock);
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // Log lines already contain the request id, so a child logger per request would be a waste.
    childLoggerFactory: (logger) => logger,
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    // Muster refuses requests without a Host header itself, in its own error format.
    http: {
      ...NAMED_RESPONSES,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      requireHostHeader: false,
    },
    forceCloseConnections: true,
    schemaController: SCHEMAS,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    requestIdHeader: false,
    genReqId: (raw) => requestIdOf(raw) ?? parts.ids.uuid(),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, () => stalls.stoodStill()),
    frameworkErrors: (_error, request, reply) => answerFrameworkError(surfaces, parts.clock, request, reply),
    // Higher than any schema limit, so overlong names are rejected by the schemas and not by the router.
    routerOptions: {
      maxParamLength: 16_384,
      constraints: headerConstraints(parts.surfaces.flatMap(({ served }) => served.mounts)),
    },
  });
  app.addHook('onListen', async () => stalls.start());
  app.addHook('onClose', async () => stalls.stop());
  app.server.maxConnections = limits.connections;
  nameRequests(app);
  storeNothing(app);
  traceRequests(app);
  if (parts.metrics !== undefined) measureRequests(app, parts.metrics);
  const { settings, identity, history, past, readModels, clock, quotas } = parts;
  admitOwnNames(app, hostNamesOf(settings));
  handleHeadRequests(app);
  const local = isLoopback(settings.host)
    ? new LocalConnections(settings.localAccess ?? 'same-user')
    : undefined;
  const addresses = clientAddresses(parts);
  const isOperator = guard(app, {
    authenticator: identity.authenticator,
    local,
    addresses,
    joinToken: settings.joinToken,
    nodes: authenticateNodes(app, parts.nodes),
    admitted: parts.admitted,
    unrouted: (request) => surfaces.unroutedOf(pathOf(request.url), request.headers),
  });
  noteAttempts(app, parts.isPast === true ? undefined : identity);
  readBodies(app, limits.jsonDepth);
  checkKeys(app);
  renewConsoleSessions(app, parts);
  const pastRequests = new AccountQueues({ all: MAX_PAST_REQUESTS, what: 'requests about the past' });
  answerAsOf(
    app,
    history &&
      past && {
        history,
        readModels,
        clock,
        waitMs: limits.waitMs,
        ask: async (request) =>
          await pastRequests.run(request.caller.principal, async () => await past.ask(request)),
      },
  );
  answerErrors(app, surfaces, limits.bodyBytes, parts.clock, parts.wasExpected);

  const host = surfaceHost(parts, parts.surfaces, limits);
  enforceLogQuota(app, quotas, parts.ids);
  drainOnClose(app, parts.clock, () => host.followers.end());
  host.positions.delay(app);
  for (const { declaration, served } of parts.surfaces) {
    const usage = served.quota?.(parts, settings.surfaces[declaration.name]);
    if (usage !== undefined) quotas.count(usage);
    app.register(async (scope) => {
      await documents.describe(scope, declaration.name, served.document);
      await served.routes(scope as Scope, host, settings.surfaces[declaration.name]);
    });
  }
  app.register(healthRoutes, { readiness: parts.readiness, isOperator });
  if (parts.metrics !== undefined) app.register(metricsRoute, { metrics: parts.metrics });
  app.register(documentRoutes, { documents });
  app.register(overviewRoute, { metrics: parts.metrics !== undefined, documents: () => documents.links });
  return app;
}

function clientAddresses({ settings, logger }: ServerParts): ClientAddresses {
  return new ClientAddresses(settings.trustedProxies, new TrustedPeers(settings.proxyUsers), (impostor) =>
    logger.warn({ code: 'proxy-untrusted', ...impostor }),
  );
}
