import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ClockWatch } from '#src/engine/clock-watch.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';

/** Milliseconds by which clocks of servers may differ without a warning. */
const TOLERANCE_MS = 60_000;

/** Detects changes of the wall clock, also while no server ran: then the newest event lies in the future. */
export async function watchClock(
  store: Pick<EventStore, 'readAll'>,
  clock: Clock,
  log: Log,
  closing: Closing,
): Promise<ClockWatch> {
  const watch = new ClockWatch({
    clock,
    onStep: ({ byMs }) =>
      log.warn(
        { code: 'clock-moved', seconds: byMs / 1000 },
        byMs < 0 ? 'the clock went back' : 'the clock was put forward',
      ),
  });
  closing.add('clock-watch', async () => await watch.stop());
  try {
    await compareWithLog(watch, store, clock);
  } catch (error) {
    // While the store is unreachable the clock is still monitored; only an earlier change stays undetected.
    if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) throw error;
  }
  return watch;
}

async function compareWithLog(
  watch: ClockWatch,
  store: Pick<EventStore, 'readAll'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  for await (const [newest] of store.readAll({ direction: 'backwards', limit: 1 })) {
    const ahead = newest === undefined ? 0 : newest.created - clock.now();
    if (ahead > TOLERANCE_MS) watch.foundBehind(ahead);
  }
}
