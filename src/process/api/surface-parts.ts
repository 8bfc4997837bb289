import { Quotas, type MadeAdministrator } from '#src/accounts/index.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import { Enrolments, type NodeAccess } from '#src/fleet/node-access/index.js';
import { NodeDocuments, type DocumentSource } from '#src/fleet/nodes/index.js';
import type { RunningScheduler } from '#src/fleet/scheduler/index.js';
import type { ListenerSettings } from '../listener/settings.js';
import { processIds } from '../host/process-ids.js';
import type { ServerHost } from '../host/server-host.js';
import type { SurfaceParts } from '../surfaces/list.js';
import { addDocuments, loadSurfaces, type Loaded } from '../surfaces/load.js';
import { openDecisions } from '../schedulers/decisions.js';
import { openDryRuns } from '../schedulers/dry-runs.js';
import type { EventLog } from '../event-log/event-log.js';
import { openIdentity } from '../accounts/identity.js';
import type { CredentialSettings, IdentitySettings } from '../accounts/settings.js';
import type { Keys } from '../keys/keys.js';
import type { Messaging } from '../messaging/messaging.js';
import { startOwnedWork } from '../owned-work/owned-work.js';
import type { QuotaSettings } from '../accounts/quota-settings.js';
import type { SchedulerSettings } from '../schedulers/settings.js';
import { openTransparency } from '../transparency/transparency.js';
import type { TransparencySettings } from '../transparency/settings.js';
import { openWhatIf } from '../schedulers/what-if.js';
import type { ChangeSource } from '#domain/kernel/ports/read-models.js';

type PartSettings = CredentialSettings &
  IdentitySettings &
  QuotaSettings &
  SchedulerSettings &
  TransparencySettings &
  SurfaceParts['settings'] &
  Pick<ListenerSettings, 'openRegistration'> & {
    readonly surfaces: Readonly<Record<string, unknown>>;
  };

/** Optional parts are only absent as of a moment. */
type Parts = Required<Omit<SurfaceParts, 'documentChanges' | 'isPast'>> & { readonly nodes: NodeAccess };

/** Parts that the fleet opens. */
type FleetParts = Pick<
  Parts,
  'executor' | 'decided' | 'nodes' | 'nodeCommands' | 'agentChannel' | 'results' | 'zoneData'
>;

interface Reads extends Pick<SurfaceParts, 'readModels' | 'history'> {
  readonly changes: ChangeSource;
  readonly filledElsewhere: boolean;
}

export interface Api {
  readonly parts: Parts;
  readonly surfaces: readonly Loaded[];
  readonly administrator: MadeAdministrator | undefined;
}

/** Opens what the surfaces use, and starts their work. */
export async function openSurfaceParts(
  host: ServerHost,
  settings: PartSettings,
  events: EventLog,
  keys: Keys,
  fleet: FleetParts,
  { changes, filledElsewhere, readModels, history }: Reads,
  clockWatch: ClockWatch,
  messaging: Messaging,
  schedulers: readonly RunningScheduler[],
): Promise<Api> {
  const { clock, log } = host;
  const { executor } = fleet;
  const { identity, administrator } = await openIdentity(host, settings, keys, executor, readModels);
  const surfaces = await loadSurfaces();
  const sources: DocumentSource[] = [];
  const parts: Parts = {
    ...fleet,
    readModels,
    history,
    eventStore: events.store,
    catalog: events.catalog,
    identity,
    enrolments: new Enrolments({ executor, readModels, clock, limits: settings.identity }),
    quotas: new Quotas({ executor, readModels, clock, defaults: settings.quotas }),
    documents: new NodeDocuments(sources, log),
    workersSeen: messaging.workersSeen,
    dryRuns: openDryRuns(host, settings, schedulers, events),
    decisions: openDecisions(host, settings, events),
    whatIf: openWhatIf(host, settings, events),
    transparency: openTransparency(host, settings, keys.root, events),
    readiness: () => host.readiness(),
    settings,
    clock,
    ids: processIds,
    logger: log,
  };
  addDocuments(sources, surfaces, parts);
  host.measure((metrics) => {
    for (const { served } of surfaces) served.measure?.(metrics, parts);
  });
  startOwnedWork(host, settings.surfaces, surfaces, parts, clockWatch, { changes, filledElsewhere });
  return { parts, surfaces, administrator };
}

export function beginSurfaces(host: ServerHost, { parts, surfaces }: Api): void {
  const ending = new AbortController();
  const begun = Promise.all(surfaces.map(async ({ served }) => await served.begin?.(parts, ending.signal)));
  host.onClose('surfaces', async () => {
    ending.abort();
    await begun;
  });
}
