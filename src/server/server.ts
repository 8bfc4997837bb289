import type { FastifyInstance } from 'fastify';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { jobs } from '#projections/jobs/jobs.js';
import { buildBareServer } from './api/bare-server.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { NodeDocuments } from '#src/fleet/nodes/index.js';
import type { BeginParts, LoadedSurface, ReadinessCheck } from '#src/surfaces/kit/index.js';
import { buildServer } from './api/server.js';
import { NodeAccess, Quotas, type Identity } from '#src/accounts/index.js';
import { openArchive } from './archive.js';
import type { Settings } from './settings/settings.js';
import { SpaceReserve } from '#src/engine/event-store/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';
import { tracedAgentChannel } from '#src/engine/tracing/index.js';
import { agentEnvironment, announcedParts, urlOf } from './address.js';
import type { Closing } from './closing.js';
import {
  diskProbe,
  eventStoreProbe,
  natsProbe,
  projectorProbe,
  readModelsProbe,
  retentionProbe,
} from './probes.js';
import { startEmbeddedAgent } from './embedded-agent.js';
import type { EventLog } from './event-log.js';
import { needsNodes, openFleet, startFleetSagas, type Fleet } from './fleet.js';
import { openDryRuns } from './dry-runs.js';
import { openIdentity } from './identity.js';
import { openKeys } from './keys.js';
import type { Log } from './log.js';
import { metricsOf } from './metrics/metrics-of.js';
import {
  joinTokenFor,
  openAgentChannel,
  openMessaging,
  publishEvents,
  serveAgents,
  type Messaging,
} from './messaging.js';
import { watchClock } from './clock-changes.js';
import { startOwnedWork } from './owned-work.js';
import { processIds } from './process-ids.js';
import { retryWhileUnavailable } from './retry.js';
import { checkSharedKeys } from './shared-keys.js';
import { readinessOf, type Parts } from './readiness.js';
import { documentsOf } from './surfaces/documents.js';
import { loadSurfaces } from './surfaces/load.js';
import type { ReadSide } from './read-side.js';
import type { RunningServer } from './running-server.js';
import type { StartedThreads } from './started-threads.js';
import { HealthMonitor } from './health-monitor.js';

/** Milliseconds that the start waits for the read models. */
const READ_MODELS_TIMEOUT_MS = 2_000;

/** Completes a server whose threads have started: sagas, API and local agent. Adds to `closing` what must be closed. */
export async function compose({
  settings,
  directory,
  log,
  closing,
  events,
  views,
  schedulers,
}: StartedThreads): Promise<RunningServer> {
  const clock = systemClock;
  const messaging = await openMessaging(settings, clock, log, closing);
  const keys = needsNodes(settings) ? await openKeys(settings, directory, clock, closing) : undefined;
  const shared = {
    store: events.store,
    isShared: !events.exclusive || settings.eventStoreListen !== undefined,
  };
  const sharedKeys =
    keys === undefined
      ? undefined
      : await retryWhileUnavailable(clock)(
          async () => await checkSharedKeys(keys.sealer, shared, { clock, ids: processIds }, log),
        );
  const listening: { url?: string } = {};
  const told = (): string[] => announcedParts(settings, listening.url);
  const fleet =
    keys === undefined
      ? undefined
      : await openFleet(settings, directory, events, messaging, clock, log, closing, keys.sealer, told);
  const nodes =
    fleet === undefined || keys === undefined
      ? undefined
      : new NodeAccess({
          executor: fleet.executor,
          root: keys.root,
          ids: processIds,
          clock,
          joinToken: joinTokenFor(settings),
        });
  const channel = tracedAgentChannel(await openAgentChannel(settings, messaging, nodes, clock, closing));
  const sagas =
    fleet === undefined
      ? undefined
      : await startFleetSagas({ settings, directory, events, fleet, channel, clock, log, closing });

  const publisher = await publishEvents(settings, messaging, events.store, clock, log, closing);

  const accounts =
    fleet === undefined || keys === undefined || views.readModels === undefined
      ? undefined
      : await openIdentity(
          {
            settings,
            directory,
            keys,
            executor: fleet.executor,
            nodes,
            readModels: views.readModels,
            clock,
            log,
          },
          closing,
        );
  const surfaces = settings.roles.includes('api') ? await loadSurfaces() : [];
  const quotas =
    fleet === undefined || views.readModels === undefined
      ? undefined
      : new Quotas({
          executor: fleet.executor,
          readModels: views.readModels,
          clock,
          defaults: settings.quotas,
        });
  const clockWatch = await watchClock(events.store, clock, log, closing);
  const work =
    fleet === undefined || keys === undefined || views.readModels === undefined || quotas === undefined
      ? []
      : startOwnedWork(
          {
            surfaces,
            settings,
            quotas,
            executor: fleet.executor,
            sealer: keys.sealer,
            results: fleet.results,
            readModels: views.readModels,
            agents: channel,
            store: events.store,
            projector: views.projector,
            clock,
            clockWatch,
            log,
          },
          closing,
        );
  const documents =
    fleet === undefined || views.readModels === undefined
      ? undefined
      : documentsOf(
          surfaces,
          {
            executor: fleet.executor,
            readModels: views.readModels,
            results: fleet.results,
            eventStore: events.store,
          },
          log,
        );
  const archive =
    fleet === undefined
      ? undefined
      : await openArchive(
          { settings, directory, events, executor: fleet.executor, views, clock, log },
          closing,
        );

  let stopping = false;
  const { dispatch, liveness } = sagas ?? {};
  const parts: Parts = {
    projector: views.projector,
    placements: fleet?.placements,
    liveness,
    clearSaga: dispatch?.clearSaga,
    dispatcher: dispatch?.dispatcher,
    dispatches: dispatch?.atWork,
    schedulers,
    nats: messaging.nats,
    publisher,
    clockWatch,
    work,
    sharedKeys,
  };
  const reserve = new SpaceReserve(directory);
  const asked = [
    eventStoreProbe(events),
    ...(events.retention === undefined ? [] : [retentionProbe(events.retention, clock)]),
    diskProbe(directory, reserve),
    ...(views.readModels === undefined ? [] : [readModelsProbe(views.readModels, jobs.name)]),
    ...(views.projector === undefined ? [] : [projectorProbe(views.projector)]),
    ...(messaging.nats === undefined ? [] : [natsProbe(messaging.nats)]),
  ];
  const watch = new HealthMonitor(asked, { clock, own: () => readinessOf(stopping, parts) });
  closing.add('watch', async () => await watch.stop());
  const readiness = (): readonly ReadinessCheck[] => watch.checks();
  const metrics = await metricsOf(
    settings,
    { events, fleet, parts, archive, readiness, disk: { directory, reserve } },
    clock,
  );
  const dryRuns = openDryRuns(settings, schedulers, events, closing);
  const app = httpServer({
    settings,
    log,
    events,
    dryRuns,
    views,
    fleet,
    channel,
    messaging,
    documents,
    readiness,
    metrics,
    identity: accounts?.identity,
    quotas,
    surfaces,
  });
  closing.add('api', async () => await app.close());
  // Usually, the first GETs then find their read models. A long rebuild does not delay commands; GETs return 503 until it is done.
  await Promise.race([views.projector?.ready.catch(() => undefined), clock.sleep(READ_MODELS_TIMEOUT_MS)]);
  await app.listen({ host: settings.host, port: settings.port });
  const url = urlOf(app, settings.host);
  listening.url = url;
  if (fleet !== undefined)
    beginSurfaces(surfaces, { executor: fleet.executor, ids: processIds, clock }, closing);
  if (
    fleet !== undefined &&
    documents !== undefined &&
    accounts !== undefined &&
    settings.roles.includes('api')
  )
    await serveAgents(
      messaging,
      fleet.nodeCommands,
      documents,
      accounts.identity.nodes,
      settings,
      log,
      closing,
    );

  if (settings.embeddedAgent) {
    const agent = startEmbeddedAgent({ environment: agentEnvironment(settings, directory, url), clock, log });
    closing.add('embedded-agent', async () => await agent.stop());
  }

  const roles = [views.projector?.stopped, ...schedulers.map((scheduler) => scheduler.fatal)].filter(
    (fatal) => fatal !== undefined,
  );
  return {
    url,
    administrator: accounts?.administrator,
    fatal: Promise.race([events.fatal, ...roles.map(unlessUnknownEvent)]),
    running: () => (fleet === undefined ? undefined : runningOf(fleet)),
    async stop() {
      stopping = true;
      await closing.run();
    },
  };
}

/** Starts background work of the surfaces. It ends with the server, before the parts that it uses. */
function beginSurfaces(surfaces: readonly LoadedSurface[], parts: BeginParts, closing: Closing): void {
  const ending = new AbortController();
  const begun = Promise.all(surfaces.map(async ({ served }) => await served.begin?.(parts, ending.signal)));
  closing.add('surfaces', async () => {
    ending.abort();
    await begun;
  });
}

interface Served {
  readonly settings: Settings;
  readonly log: Log;
  readonly events: EventLog;
  readonly dryRuns: DryRuns;
  readonly views: ReadSide;
  readonly fleet: Fleet | undefined;
  readonly channel: AgentChannel;
  readonly messaging: Messaging;
  readonly documents: NodeDocuments | undefined;
  readonly readiness: () => readonly ReadinessCheck[];
  readonly metrics: Metrics;
  readonly identity: Identity | undefined;
  readonly quotas: Quotas | undefined;
  readonly surfaces: readonly LoadedSurface[];
}

/** The whole API with the role `api`, else only health and metrics. */
function httpServer(served: Served): FastifyInstance {
  const { settings, views, fleet, documents, readiness, metrics, identity, quotas, log: logger } = served;
  if (
    fleet === undefined ||
    views.readModels === undefined ||
    documents === undefined ||
    identity === undefined ||
    quotas === undefined
  )
    return buildBareServer({ settings, readiness, metrics, logger });
  const { executor, decided, nodeCommands, results } = fleet;
  return buildServer({
    executor,
    decided,
    readModels: views.readModels,
    nodeCommands,
    results,
    documents,
    agentChannel: served.channel,
    workersSeen: served.messaging.workersSeen,
    eventStore: served.events.store,
    dryRuns: served.dryRuns,
    settings,
    identity,
    quotas,
    surfaces: served.surfaces,
    clock: systemClock,
    ids: processIds,
    logger,
    readiness,
    metrics,
    wasExpected: (error) => served.events.outage.refused(error),
  });
}

function runningOf({ placements }: Fleet): number {
  const all = [...placements.state.nodes.values()].flatMap((node) => [...node.allocations.values()]);
  return all.filter((allocation) => allocation.started && !allocation.ended).length;
}

/** A role that reads an event of a newer version stops, and the server is not ready; its other roles continue. */
async function unlessUnknownEvent(stopped: Promise<Error>): Promise<Error> {
  const error = await stopped;
  if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN') || error.message.startsWith('MUSTER_E_EVENT_UNKNOWN'))
    return await new Promise<never>(() => undefined);
  return error;
}
