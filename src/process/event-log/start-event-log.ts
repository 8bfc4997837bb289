import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { DataDirectoryLock } from '#src/engine/event-store/index.js';
import { needsNodes, type RoleSettings } from '../host/roles.js';
import type { ServerHost } from '../host/server-host.js';
import { openEventLog, type EventLog } from './event-log.js';
import type { EventStoreListen } from './listen-settings.js';
import { eventStoreProbe, retentionProbe } from './probes.js';
import { openSeenLog } from './seen-log.js';
import { serveLogOfServer } from './served-log.js';
import type { EventLogSettings } from './settings.js';

type PartSettings = EventLogSettings &
  RoleSettings & { readonly eventStoreListen: EventStoreListen | undefined };

export async function startEventLog(
  host: ServerHost,
  settings: PartSettings,
  catalog: Catalog,
  lock: DataDirectoryLock,
): Promise<EventLog> {
  const { clock, log } = host;
  const events = await openEventLog(settings, catalog, host.directory, lock, log, needsNodes(settings));
  host.onClose('event-store', async () => await events.store.close());
  host.probe(eventStoreProbe(events));
  if (events.retention !== undefined) host.probe(retentionProbe(events.retention, clock));
  // Registered first: what was read is remembered before the process ends.
  await openSeenLog(host, events);
  host.endOn(events.fatal);
  if (settings.eventStoreListen !== undefined) {
    const served = await serveLogOfServer(events, settings.eventStoreListen, log, clock);
    host.onClose('event-store-server', async () => await served.close());
  }
  return events;
}
