import type { NatsLink } from '#agents/transport/nats/link.js';
import type { Publisher } from '#src/engine/messaging/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface MessagingSource {
  readonly nats?: Pick<NatsLink, 'status'> | undefined;
  readonly publisher?: Pick<Publisher, 'status'> | undefined;
}

export function messagingMetrics(metrics: Metrics, { nats, publisher }: MessagingSource): void {
  if (nats !== undefined) {
    metrics.gauge('muster_nats_connected', '1 where the connection to NATS stands.', () => [
      { value: Number(nats.status().connected) },
    ]);
    metrics.counter('muster_nats_reconnects_total', 'Connections to NATS after the first.', () => [
      { value: nats.status().reconnects },
    ]);
  }
  if (publisher !== undefined) {
    metrics.gauge(
      'muster_publisher_leading',
      '1 where this server publishes the events, 0 where another does or nobody can.',
      () => [{ value: Number(publisher.status().leading) }],
    );
    metrics.counter(
      'muster_published_events_total',
      'Events that this server published, repetitions among them.',
      () => [{ value: publisher.status().published }],
    );
  }
}
