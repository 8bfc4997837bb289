import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { categoryOf } from '#domain/kernel/event/index.js';
import { aroundAppend } from '#src/engine/event-store/index.js';
import { inSpan, registeredTracer } from './span.js';

/** Adds a span for each append. If there is no provider, returns the store itself. */
export function tracedEventStore(store: EventStore): EventStore {
  if (registeredTracer() === undefined) return store;
  return aroundAppend(store, ({ stream, expected, events }, append) =>
    inSpan(
      `append ${categoryOf(stream)}`,
      () => ({
        'muster.stream': stream,
        'muster.expected_revision': expected,
        'muster.events': events.length,
      }),
      async (span) => {
        const result = await append();
        span?.setAttributes({
          'muster.revision': result.revision,
          'muster.position': result.position.toString(),
        });
        return result;
      },
    ),
  );
}
