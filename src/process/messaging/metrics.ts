import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import type { Publisher } from '#src/messaging/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export function natsMetrics(metrics: Metrics, nats: Pick<NatsLink, 'status'>): void {
  metrics.gauge('muster_nats_connected', '1 while this server is connected to NATS.', () => [
    { value: Number(nats.status().connected) },
  ]);
  metrics.counter('muster_nats_reconnects_total', 'Reconnections to NATS.', () => [
    { value: nats.status().reconnects },
  ]);
}

export function publisherMetrics(metrics: Metrics, publisher: Pick<Publisher, 'status'>): void {
  metrics.gauge(
    'muster_publisher_leading',
    '1 while this server publishes the events; 0 while another server does, or no server can.',
    () => [{ value: Number(publisher.status().leading) }],
  );
  metrics.counter(
    'muster_published_events_total',
    'Events that this server published, including duplicates.',
    () => [{ value: publisher.status().published }],
  );
}
