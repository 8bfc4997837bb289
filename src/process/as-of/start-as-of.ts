import type { Clock } from '#domain/kernel/ports/clock.js';
import { OnDemandThread } from '#src/engine/concurrency/index.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import { MAX_PAST_REQUESTS, type PastAnswer, type PastRequest } from '#src/http/index.js';
import type { AsOfStart } from './messages.js';

/** Idle time after which the thread ends, in milliseconds. */
const IDLE_MS = 300_000;

export interface StartAsOfOptions extends Omit<AsOfStart, 'handle'> {
  readonly eventStoreHandle: () => EventStoreHandle;
  readonly clock: Pick<Clock, 'sleep'>;
}

export function startAsOf(options: StartAsOfOptions): OnDemandThread<PastRequest, PastAnswer> {
  const { eventStoreHandle, clock, ...start } = options;
  return new OnDemandThread({
    name: 'as-of',
    entry: new URL('./as-of-worker.js', import.meta.url),
    start: () => {
      const handle = eventStoreHandle();
      const workerData: AsOfStart = { ...start, handle };
      return { workerData, transferList: transferables(handle) };
    },
    waiting: MAX_PAST_REQUESTS,
    questions: 'requests about the past',
    idle: { ms: IDLE_MS, clock },
  });
}
