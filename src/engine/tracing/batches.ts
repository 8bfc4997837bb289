import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { batchAttributes } from './batch-attributes.js';
import { inSpan, registeredTracer } from './span.js';

type Batched = (events: readonly RecordedEvent[]) => Promise<void>;

/** Adds a span for each batch. If there is no provider, returns the work itself. */
export function tracedBatches(name: string, work: Batched): Batched {
  if (registeredTracer() === undefined) return work;
  return (events) =>
    inSpan(
      name,
      () => batchAttributes(events),
      () => work(events),
    );
}
