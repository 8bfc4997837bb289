import { isMusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { ClockWatch } from '#src/engine/clock-watch.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';

/** Clocks of servers differ a little: a log whose newest event is less ahead says nothing of this one. Milliseconds. */
const TOLERANCE_MS = 60_000;

/** Sees that the wall clock is set, also while no server ran: the newest event then is of a moment that has yet to come. */
export async function watchClock(store: Pick<EventStore, 'readAll'>, clock: Clock, log: Log, closing: Closing): Promise<ClockWatch> {
  const watch = new ClockWatch({
    clock,
    onStep: ({ byMs }) => log.warn({ code: 'clock-moved', seconds: byMs / 1000 }, byMs < 0 ? 'the clock went back' : 'the clock was put forward'),
  });
  closing.add('clock-watch', async () => await watch.stop());
  try {
    await compareWithLog(watch, store, clock);
  } catch (error) {
    // While the store is away the clock is still watched; only a step of before stays unseen.
    if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) throw error;
  }
  return watch;
}

async function compareWithLog(watch: ClockWatch, store: Pick<EventStore, 'readAll'>, clock: Pick<Clock, 'now'>): Promise<void> {
  for await (const [newest] of store.readAll({ direction: 'backwards', limit: 1 })) {
    const ahead = newest === undefined ? 0 : newest.created - clock.now();
    if (ahead > TOLERANCE_MS) watch.foundBehind(ahead);
  }
}
