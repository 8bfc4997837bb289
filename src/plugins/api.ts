import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { Quotas, type Identity, type MadeAdministrator } from '#src/accounts/index.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { PositionSource } from '#src/engine/read-models/index.js';
import type { ServedTransparencyLog } from '#src/engine/transparency/index.js';
import type { NodeDocuments } from '#src/fleet/nodes/index.js';
import type { LoadedSurface } from '#src/surfaces/kit/index.js';
import type { ListenerSettings } from '../server/api/settings.js';
import { processIds } from '../server/process/process-ids.js';
import type { ServerHost } from '../server/process/server-host.js';
import { documentsOf } from '../server/surfaces/documents.js';
import { loadSurfaces } from '../server/surfaces/load.js';
import type { EventLog } from './event-log/event-log.js';
import type { Fleet } from './fleet.js';
import { openIdentity } from './identity.js';
import type { CredentialSettings, IdentitySettings } from './identity.settings.js';
import type { Keys } from './keys/keys.js';
import { startOwnedWork } from './owned-work.js';
import type { QuotaSettings } from './quotas.settings.js';
import { openTransparency } from './transparency.js';
import type { TransparencySettings } from './transparency.settings.js';

type PluginSettings = CredentialSettings &
  IdentitySettings &
  QuotaSettings &
  TransparencySettings &
  Pick<ListenerSettings, 'openExecution'> & { readonly surfaces: Readonly<Record<string, unknown>> };

export interface Api {
  readonly readModels: ReadModels;
  readonly history: History | undefined;
  readonly identity: Identity;
  readonly administrator: MadeAdministrator | undefined;
  readonly quotas: Quotas;
  readonly surfaces: readonly LoadedSurface[];
  readonly documents: NodeDocuments;
  readonly transparency: ServedTransparencyLog | undefined;
}

export interface ApiReads extends Pick<Api, 'readModels' | 'history'> {
  readonly projector: PositionSource | undefined;
}

export async function openApi(
  host: ServerHost,
  settings: PluginSettings,
  events: EventLog,
  keys: Keys,
  fleet: Fleet,
  { readModels, history, projector }: ApiReads,
  clockWatch: ClockWatch,
): Promise<Api> {
  const eventStore = events.store;
  const { executor, results, channel: agents, nodes, decided } = fleet;
  const { identity, administrator } = await openIdentity(host, settings, keys, executor, nodes, readModels);
  const surfaces = await loadSurfaces();
  host.measure((metrics) => {
    for (const { served } of surfaces) served.measure?.(metrics, { readModels, decided, clock: host.clock });
  });
  const quotas = new Quotas({ executor, readModels, clock: host.clock, defaults: settings.quotas });
  const work = {
    executor,
    readModels,
    eventStore,
    agents,
    sealer: keys.sealer,
    results,
    quotas,
    openExecution: settings.openExecution,
  };
  startOwnedWork(host, settings.surfaces, surfaces, work, clockWatch, projector);
  const documents = documentsOf(surfaces, { executor, readModels, results, eventStore }, host.log);
  const transparency = openTransparency(host, settings, keys.root, events);
  return { readModels, history, identity, administrator, quotas, surfaces, documents, transparency };
}

export function beginSurfaces(host: ServerHost, { surfaces }: Api, { executor }: Fleet): void {
  const parts = { executor, ids: processIds, clock: host.clock };
  const ending = new AbortController();
  const begun = Promise.all(surfaces.map(async ({ served }) => await served.begin?.(parts, ending.signal)));
  host.onClose('surfaces', async () => {
    ending.abort();
    await begun;
  });
}
