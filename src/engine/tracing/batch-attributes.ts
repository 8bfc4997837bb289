import type { Attributes } from '@opentelemetry/api';
import { readMetadata } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

const NAMED = 20;

export function batchAttributes(events: readonly RecordedEvent[]): Attributes {
  const correlations = new Set<string>();
  for (const { metadata } of events) {
    if (correlations.size >= NAMED) break;
    correlations.add(readMetadata(metadata)?.$correlationId ?? '');
  }
  return {
    'muster.events': events.length,
    'muster.position': (events.at(-1)?.position ?? -1n).toString(),
    'muster.correlation_id': [...correlations],
  };
}
