import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ClockWatch } from '#src/engine/clock-watch.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { ServerHost } from '../host/server-host.js';

/** Difference between server clocks that is tolerated without a warning, in milliseconds. */
const TOLERANCE_MS = 60_000;

/** Detects wall-clock changes. A change while no server was running is detected if it puts the latest event in the future. */
export async function watchClock(host: ServerHost, store: Pick<EventStore, 'readAll'>): Promise<ClockWatch> {
  const { clock, log } = host;
  const watch = new ClockWatch({
    clock,
    onStep: ({ byMs }) =>
      log.warn(
        { code: 'clock-moved', seconds: byMs / 1000 },
        byMs < 0 ? 'the clock was set back' : 'the clock was set forward',
      ),
  });
  host.onClose('clock-watch', async () => await watch.stop());
  host.check(() => checkOfClock(watch, clock));
  try {
    await compareWithLog(watch, store, clock);
  } catch (error) {
    // The clock is monitored even while the store is unreachable. Only a change before startup goes undetected.
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

/** How long a backward clock change is reported as a problem, in milliseconds. Long enough for an operator to notice. */
const CLOCK_SHOWN_MS = 3_600_000;

/** Not vital: decisions that are waiting for a future time are made again, and only the times in the log are wrong. */
function checkOfClock({ last }: Pick<ClockWatch, 'last'>, clock: Pick<Clock, 'now'>): ReadinessCheck {
  if (last === undefined) return { name: 'clock', ok: true, vital: false, detail: 'no change detected' };
  const { at, byMs } = last;
  const age = clock.now() - at;
  const detail = `${byMs < 0 ? 'set back' : 'set forward'} by ${Math.round(Math.abs(byMs) / 100) / 10} s at ${new Date(at).toISOString()}`;
  return { name: 'clock', ok: byMs > 0 || age > CLOCK_SHOWN_MS, vital: false, detail };
}
