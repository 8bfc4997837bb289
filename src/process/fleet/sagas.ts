import { plural } from '#domain/kernel/plural.js';
import type { Dispatcher } from '#src/fleet/dispatcher/index.js';
import { Lease } from '#src/engine/lease.js';
import { startLiveness, type LivenessOptions } from '#src/fleet/liveness/index.js';
import { serverIdOf } from '../data-directory/server-id.js';
import { processIds } from '../host/process-ids.js';
import type { RoleSettings } from '../host/roles.js';
import type { ServerHost } from '../host/server-host.js';
import { dispatchMetrics } from './dispatch-metrics.js';
import { dispatchAlways, dispatchWithLease, type DispatchOptions } from './dispatch.js';
import type { EventLog } from '../event-log/event-log.js';
import { fleetMetrics } from './metrics.js';
import type { FleetSettings } from './settings.js';

const MAX_TERM_MS = 30_000;

/** What the dispatcher and the watch for lost nodes use, without what is derived here. */
type SagaParts = Omit<
  DispatchOptions & LivenessOptions,
  'channel' | 'clock' | 'logger' | 'requestTimeoutMs' | 'store' | 'timeoutMs'
> & { readonly agentChannel: DispatchOptions['channel'] };

export async function startSagas(
  host: ServerHost,
  settings: FleetSettings & RoleSettings,
  { store, exclusive }: EventLog,
  fleet: SagaParts,
): Promise<void> {
  const { clock, log, directory } = host;
  const timeoutMs = settings.nodeTimeoutSeconds * 1000;
  const saga = {
    ...fleet,
    channel: fleet.agentChannel,
    clock,
    logger: log,
    requestTimeoutMs: settings.agentRequestTimeoutSeconds * 1000,
  };
  if (settings.roles.includes('dispatcher')) {
    const lease = async (): Promise<Lease> =>
      new Lease({
        name: 'dispatcher',
        holder: await serverIdOf(directory),
        store,
        clock,
        ids: processIds,
        logger: log,
        termMs: Math.min(MAX_TERM_MS, timeoutMs),
      });
    const dispatch = exclusive
      ? dispatchAlways(host, { ...saga, store })
      : dispatchWithLease(host, { ...saga, store }, await lease());
    const { dispatcher, clearSaga } = dispatch;
    host.check(() => ({
      name: 'dispatcher',
      ok: true,
      detail: dispatch.atWork() ? detailOf(dispatcher.metrics()) : 'standby: another server is dispatching',
    }));
    host.check(() => ({
      name: 'clear',
      ok: true,
      detail: `${plural(clearSaga.status().orphans, 'allocation')} from before a clear still to be stopped`,
    }));
    host.measure((metrics) => dispatchMetrics(metrics, dispatch));
  }
  const liveness = settings.roles.includes('liveness') ? startLiveness({ ...saga, timeoutMs }) : undefined;
  host.measure((metrics) => fleetMetrics(metrics, { ...fleet, liveness }));
  if (liveness === undefined) return;
  host.onClose('liveness', async () => await liveness.stop());
  host.check(() => {
    const { held, heldCount, live, down } = liveness.status();
    return {
      name: 'nodes',
      ok: heldCount === 0,
      vital: false,
      detail: `${live} live, ${down} down${heldCount === 0 ? '' : `; ${heldCount} silent at the same time, so not marked down: ${held.join(', ')}`}`,
    };
  });
}

function detailOf(metrics: ReturnType<Dispatcher['metrics']>): string {
  const { orders, accepted, rejected, unknown, stops, lost, suspectNodes, callsUnderWay, callsQueued } =
    metrics;
  return [
    `${plural(orders, 'order')}: ${accepted} accepted, ${rejected} rejected, ${unknown} without a response`,
    plural(stops, 'stop'),
    `${lost} lost`,
    `calls to agents: ${callsUnderWay} in progress, ${callsQueued} queued`,
    ...(suspectNodes === 0 ? [] : [`${plural(suspectNodes, 'node')} not responding`]),
  ].join('; ');
}
