import { untilAborted } from '#agents/clock/until-aborted.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { LivePlacements } from '#src/fleet/nodes/index.js';
import { startClearSaga, type ClearSaga, type ClearSagaOptions } from '#src/fleet/clear.js';
import { startDispatcher, type Dispatcher, type DispatcherOptions } from '#src/fleet/dispatcher/index.js';
import type { Lease, Tenure } from '#src/engine/lease.js';
import type { Closing } from './closing.js';

export interface Dispatch {
  /** Metrics of the present lease; all zero while on standby. */
  readonly dispatcher: Pick<Dispatcher, 'metrics'>;
  readonly clearSaga: Pick<ClearSaga, 'status'>;
  atWork(): boolean;
}

export type DispatchOptions = DispatcherOptions &
  ClearSagaOptions & { readonly store: EventStore; readonly placements: LivePlacements };

/** Milliseconds between two checks of the fold before a new leader starts dispatching. */
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

/** Dispatches for the whole life of this server, for a log that no other process can reach. */
export function dispatchAlways(options: DispatchOptions, closing: Closing): Dispatch {
  const dispatcher = startDispatcher(options);
  closing.add('dispatcher', async () => await dispatcher.stop());
  const clearSaga = startClearSaga(options);
  closing.add('clear-saga', async () => await clearSaga.stop());
  return { dispatcher, clearSaga, atWork: () => true };
}

/** Dispatches while this server holds the lease: only one dispatcher may call a node at a time. */
export function dispatchWithLease(options: DispatchOptions, lease: Lease, closing: Closing): Dispatch {
  let now: { readonly dispatcher: Dispatcher; readonly clearSaga: ClearSaga } | undefined;
  const stopping = new AbortController();

  const work = async (tenure: Tenure): Promise<void> => {
    // All orders of the former dispatcher are in the log by now; they are resumed, not sent as new.
    if (!(await foldsUpToNow(options, tenure))) return;
    const dispatcher = startDispatcher({ ...options, mayCall: () => tenure.holds() });
    const clearSaga = startClearSaga(options);
    now = { dispatcher, clearSaga };
    await untilAborted(tenure.signal);
    now = undefined;
    await Promise.all([dispatcher.stop(), clearSaga.stop()]);
  };

  const running = lease.run(stopping.signal, work);
  closing.add('dispatcher', async () => {
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

/** Resolves to true once this server's fold includes everything that the log contained at the call. */
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
