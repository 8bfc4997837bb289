import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { LivePlacements } from '#src/fleet/nodes/index.js';
import { startClearSaga, type ClearSaga, type ClearSagaOptions } from '#src/fleet/clear.js';
import { startDispatcher, type Dispatcher, type DispatcherOptions } from '#src/fleet/dispatcher/index.js';
import type { Lease, Tenure } from '#src/engine/lease.js';
import type { ServerHost } from '../host/server-host.js';

export interface Dispatch {
  /** Metrics since this server became the dispatcher. All are zero while it is on standby. */
  readonly dispatcher: Pick<Dispatcher, 'metrics'>;
  readonly clearSaga: Pick<ClearSaga, 'status'>;
  atWork(): boolean;
}

export type DispatchOptions = DispatcherOptions &
  ClearSagaOptions & { readonly store: EventStore; readonly placements: LivePlacements };

/** Interval at which a new leader checks whether the fold is current before it starts to dispatch, in milliseconds. */
const FOLD_TIMEOUT_MS = 1000;

const STANDING_BY: ReturnType<Dispatcher['metrics']> = {
  orders: 0,
  accepted: 0,
  rejected: 0,
  unknown: 0,
  asked: 0,
  stops: 0,
  stopped: 0,
  lost: 0,
  strays: 0,
  unrecorded: 0,
  busyNodes: 0,
  suspectNodes: 0,
  callsUnderWay: 0,
  callsQueued: 0,
};

/** Dispatches without a lease for as long as this server runs, because no other process can reach its log. */
export function dispatchAlways(host: ServerHost, options: DispatchOptions): Dispatch {
  const dispatcher = startDispatcher(options);
  host.onClose('dispatcher', async () => await dispatcher.stop());
  const clearSaga = startClearSaga(options);
  host.onClose('clear-saga', async () => await clearSaga.stop());
  return { dispatcher, clearSaga, atWork: () => true };
}

/** Dispatches while this server holds the lease, because only one dispatcher may call a node at a time. */
export function dispatchWithLease(host: ServerHost, options: DispatchOptions, lease: Lease): Dispatch {
  let now: { readonly dispatcher: Dispatcher; readonly clearSaga: ClearSaga } | undefined;
  const stopping = new AbortController();

  const work = async (tenure: Tenure): Promise<void> => {
    // Once this returns, all orders of the previous dispatcher have been folded. They are resumed instead of being sent as new orders.
    if (!(await foldsUpToNow(options, tenure))) return;
    const dispatcher = startDispatcher({ ...options, mayCall: () => tenure.holds() });
    const clearSaga = startClearSaga(options);
    now = { dispatcher, clearSaga };
    await untilAborted(tenure.signal);
    now = undefined;
    await Promise.all([dispatcher.stop(), clearSaga.stop()]);
  };

  const running = lease.run(stopping.signal, work);
  host.onClose('dispatcher', async () => {
    stopping.abort();
    await running;
  });
  return {
    dispatcher: { metrics: () => now?.dispatcher.metrics() ?? STANDING_BY },
    clearSaga: {
      status: () =>
        now?.clearSaga.status() ?? { orphans: options.placements.state.orphans.size, stopped: 0, gaveUp: 0 },
    },
    atWork: () => now !== undefined,
  };
}

async function foldsUpToNow(
  {
    store,
    placements,
    clock,
  }: { readonly store: EventStore; readonly placements: LivePlacements; readonly clock: Clock },
  { signal }: Tenure,
): Promise<boolean> {
  let head: bigint | undefined;
  for (let known = false; !known && !signal.aborted;) {
    try {
      head = await store.head();
      known = true;
    } catch {
      await clock.sleep(FOLD_TIMEOUT_MS, signal);
    }
  }
  while (!signal.aborted) {
    await Promise.race([placements.ready, clock.sleep(FOLD_TIMEOUT_MS, signal)]);
    if (placements.isReady && (head === undefined || (await placements.waitFor(head, FOLD_TIMEOUT_MS))))
      return true;
  }
  return false;
}
