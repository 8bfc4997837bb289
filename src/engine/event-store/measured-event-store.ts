import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { aroundAppend } from './around-append.js';
import { outcomeOf, type AppendDurations } from '#src/engine/metrics/index.js';

/** The same store, whose appends are timed. */
export function measuredEventStore(store: EventStore, appends: AppendDurations, clock: Pick<Clock, 'monotonic'>): EventStore {
  return aroundAppend(store, async (_request, append) => {
    const began = clock.monotonic();
    appends.underWay += 1;
    try {
      const result = await append();
      appends.observe('appended', (clock.monotonic() - began) / 1000);
      return result;
    } catch (error) {
      appends.observe(outcomeOf(error), (clock.monotonic() - began) / 1000);
      throw error;
    } finally {
      appends.underWay -= 1;
    }
  });
}
