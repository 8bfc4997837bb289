import { Quotas, type MadeAdministrator } from '#src/accounts/index.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { ChangeSource } from '#src/engine/read-models/index.js';
import type { NodeDocuments } from '#src/fleet/nodes/index.js';
import type { ApiDependencies, LoadedSurface } from '#src/http/index.js';
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
  Pick<ListenerSettings, 'openExecution' | 'openRegistration'> & {
    readonly surfaces: Readonly<Record<string, unknown>>;
  };

type Reads = Pick<ApiDependencies, 'readModels' | 'history'>;

/** What the surfaces use, and what the fleet has opened before. */
export interface Api
  extends
    Fleet,
    Reads,
    Pick<ApiDependencies, 'eventStore' | 'catalog' | 'clock' | 'ids' | 'identity' | 'transparency'> {
  readonly administrator: MadeAdministrator | undefined;
  readonly quotas: Quotas;
  readonly surfaces: readonly LoadedSurface[];
  readonly documents: NodeDocuments;
}

export async function openApi(
  host: ServerHost,
  settings: PluginSettings,
  events: EventLog,
  keys: Keys,
  fleet: Fleet,
  views: Reads & { readonly changes: ChangeSource; readonly filledElsewhere: boolean },
  clockWatch: ClockWatch,
): Promise<Api> {
  const { clock, log } = host;
  const { readModels, history } = views;
  const { executor, nodes } = fleet;
  const { identity, administrator } = await openIdentity(host, settings, keys, executor, nodes, readModels);
  const surfaces = await loadSurfaces();
  const quotas = new Quotas({ executor, readModels, clock, defaults: settings.quotas });
  const { sealer, root } = keys;
  const { openExecution } = settings;
  const eventStore = events.store;
  const parts = { ...fleet, readModels, eventStore, clock, ids: processIds, sealer, quotas, openExecution };
  host.measure((metrics) => {
    for (const { served } of surfaces) served.measure?.(metrics, parts);
  });
  startOwnedWork(host, settings.surfaces, surfaces, parts, clockWatch, views);
  const documents = documentsOf(surfaces, parts, log);
  const transparency = openTransparency(host, settings, root, events);
  return {
    ...parts,
    catalog: events.catalog,
    history,
    identity,
    administrator,
    surfaces,
    documents,
    transparency,
  };
}

export function beginSurfaces(host: ServerHost, api: Api): void {
  const ending = new AbortController();
  const begun = Promise.all(api.surfaces.map(async ({ served }) => await served.begin?.(api, ending.signal)));
  host.onClose('surfaces', async () => {
    ending.abort();
    await begun;
  });
}
