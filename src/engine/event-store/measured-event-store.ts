import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { aroundAppend } from './around-append.js';
import { outcomeOf, type AppendDurations } from '#src/engine/metrics/index.js';

export function measuredEventStore(
  store: EventStore,
  appends: AppendDurations,
  clock: Pick<Clock, 'monotonic'>,
): EventStore {
  return aroundAppend(store, async (_request, append) => {
    const tell = appends.sent(clock);
    try {
      const result = await append();
      tell('appended');
      return result;
    } catch (error) {
      tell(outcomeOf(error));
      throw error;
    }
  });
}
