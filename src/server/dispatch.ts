import { untilAborted } from '#agents/clock/until-aborted.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { LivePlacements } from '#src/fleet/nodes/index.js';
import { startClearSaga, type ClearSaga, type ClearSagaOptions } from '#src/fleet/clear.js';
import { startDispatcher, type Dispatcher, type DispatcherOptions } from '#src/fleet/dispatcher/index.js';
import type { Lease, Tenure } from '#src/engine/lease.js';
import type { Closing } from './closing.js';

/** The role `dispatcher` of this server: at work, or standing by while another server's is. */
export interface Dispatch {
  /** Of the present tenure; all zero while it stands by. */
  readonly dispatcher: Pick<Dispatcher, 'metrics'>;
  readonly clearSaga: Pick<ClearSaga, 'status'>;
  /** Whether this server's dispatcher is the one at work. */
  atWork(): boolean;
}

export type DispatchOptions = DispatcherOptions & ClearSagaOptions & { readonly store: EventStore; readonly placements: LivePlacements };

/** Milliseconds between two looks at the fold before a tenure's work begins. */
const FOLD_PATIENCE = 1000;

const STANDING_BY: ReturnType<Dispatcher['metrics']> = {
  ...{ orders: 0, accepted: 0, rejected: 0, unknown: 0, asked: 0, stops: 0, stopped: 0, lost: 0, strays: 0, unrecorded: 0 },
  ...{ busyNodes: 0, suspectNodes: 0, callsUnderWay: 0, callsQueued: 0 },
};

/** Dispatches for as long as this server runs: no other process reaches the log. */
export function dispatchAlways(options: DispatchOptions, closing: Closing): Dispatch {
  const dispatcher = startDispatcher(options);
  closing.add('dispatcher', async () => await dispatcher.stop());
  const clearSaga = startClearSaga(options);
  closing.add('clear-saga', async () => await clearSaga.stop());
  return { dispatcher, clearSaga, atWork: () => true };
}

/** Dispatches while this server holds the lease: a node's calls belong to one dispatcher at a time. */
export function dispatchInTurn(options: DispatchOptions, lease: Lease, closing: Closing): Dispatch {
  let now: { readonly dispatcher: Dispatcher; readonly clearSaga: ClearSaga } | undefined;
  const stopping = new AbortController();

  const work = async (tenure: Tenure): Promise<void> => {
    // Whatever the former dispatcher may have ordered stands in the log by now: it is taken up as ordered, not as new.
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
    clearSaga: { status: () => now?.clearSaga.status() ?? { orphans: options.placements.state.orphans.size, stopped: 0, gaveUp: 0 } },
    atWork: () => now !== undefined,
  };
}

/** Resolves true once this server's fold holds everything that the log held when it was asked. */
async function foldsUpToNow(
  { store, placements, clock }: { readonly store: EventStore; readonly placements: LivePlacements; readonly clock: Clock },
  { signal }: Tenure,
): Promise<boolean> {
  let head: bigint | undefined;
  for (let known = false; !known && !signal.aborted;) {
    try {
      head = await store.head();
      known = true;
    } catch {
      await clock.sleep(FOLD_PATIENCE, signal);
    }
  }
  while (!signal.aborted) {
    await Promise.race([placements.ready, clock.sleep(FOLD_PATIENCE, signal)]);
    if (placements.isReady && (head === undefined || (await placements.waitFor(head, FOLD_PATIENCE)))) return true;
  }
  return false;
}
