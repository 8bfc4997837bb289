import type { RunningScheduler } from '#src/fleet/scheduler/index.js';
import { beginSurfaces, openSurfaceParts } from './api/surface-parts.js';
import { openArchive } from './archive/archive.js';
import { watchClock } from './health/clock-changes.js';
import { openDisk } from './health/disk.js';
import type { EventLog } from './event-log/event-log.js';
import { openFleet, runningOf } from './fleet/fleet.js';
import { needsNodes } from './host/roles.js';
import { openHttpServer } from './api/http-server.js';
import { openKeys } from './keys/keys.js';
import { watchOpenStores } from './health/open-stores.js';
import { openMessaging, publishEvents, serveAgents } from './messaging/messaging.js';
import type { ReadSide } from './read-side/read-side.js';
import { startSagas } from './fleet/sagas.js';
import { startEmbeddedAgent } from './agent/embedded-agent.js';
import { agentEnvironment, announcedParts, urlOf } from './agent/address.js';
import type { ServerHost } from './host/server-host.js';
import type { RunningServer } from './run/running-server.js';
import type { Settings } from './settings/settings.js';

const READ_MODELS_TIMEOUT_MS = 2_000;

/**
 * Opens the parts of a server in dependency order, after its threads have started. Each part registers its shutdown, health checks and metrics with
 * the host, and declares its own settings.
 */
export async function openApp(
  host: ServerHost,
  settings: Settings,
  events: EventLog,
  views: ReadSide,
  schedulers: readonly RunningScheduler[],
): Promise<RunningServer> {
  const listening: { url?: string } = {};
  const keys = needsNodes(settings) ? await openKeys(host, settings, events) : undefined;
  const messaging = await openMessaging(host, settings, keys);
  const ownParts = (): string[] => announcedParts(settings, listening.url);
  const fleet = keys && (await openFleet(host, settings, events, messaging, keys, ownParts));
  if (fleet !== undefined) await startSagas(host, settings, events, fleet);
  await publishEvents(host, settings, messaging, keys, events);
  const clockWatch = await watchClock(host, events.store);
  const { readModels, changes, history, projector } = views;
  const reads = readModels &&
    changes && { readModels, changes, history, filledElsewhere: projector === undefined };
  const api =
    keys === undefined || fleet === undefined || reads === undefined
      ? undefined
      : await openSurfaceParts(host, settings, events, keys, fleet, reads, clockWatch, messaging, schedulers);
  if (fleet !== undefined) await openArchive(host, settings, events, fleet.executor, views);
  openDisk(host);
  watchOpenStores(host, settings);
  const http = await openHttpServer(host, settings, events, api);
  // Wait briefly so that the read models are usually ready before the first GET. A long rebuild only makes GETs return 503 until it is done.
  await Promise.race([projector?.ready.catch(() => undefined), host.clock.sleep(READ_MODELS_TIMEOUT_MS)]);
  await http.listen({ host: settings.host, port: settings.port });
  if (settings.socket !== undefined) {
    const { listenAtSocket } = await import('./listener/unix-socket.js');
    const server = await listenAtSocket(http.server, settings.socket);
    host.onClose('socket', async () => void server.close());
  }
  const url = urlOf(http, settings.host);
  listening.url = url;
  if (api !== undefined) {
    beginSurfaces(host, api);
    await serveAgents(host, settings, messaging, api.parts);
  }
  if (settings.embeddedAgent) startEmbeddedAgent(host, agentEnvironment(settings, host.directory, url));
  return {
    url,
    administrator: api?.administrator,
    fatal: host.failed(),
    running: () => (fleet === undefined ? undefined : runningOf(fleet)),
    stop: async () => await host.close(),
  };
}
