import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ProjectorStatus } from '#src/engine/read-models/index.js';
import type { Metrics, Sample } from '#src/engine/metrics/index.js';

export interface ProjectionSource {
  readonly projector: { readonly status: ProjectorStatus };
  readonly store: Pick<EventStore, 'head' | 'readAll'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly models: readonly string[];
}

/**
 * Maximum number of pending events to count. They have to be counted because positions are not contiguous in every store. Beyond this limit, the lag
 * in seconds is more meaningful.
 */
const COUNTED = 10_000;

interface Lag {
  readonly events: number;
  readonly seconds: number;
}

export function projectionMetrics(
  metrics: Metrics,
  { projector, store, clock, models }: ProjectionSource,
): void {
  let lags: Promise<Lag> | undefined;
  const lag = (): Promise<Lag> =>
    (lags ??= lagOf(store, projector.status.position, clock.now()).finally(() => (lags = undefined)));
  const eachModel = (value: (model: string) => number): Sample[] =>
    models.map((model) => ({ labels: { model }, value: value(model) }));

  metrics.gauge(
    'muster_projection_lag_events',
    `Events that a read model has not folded yet; counted up to ${COUNTED}.`,
    async () => {
      const { events } = await lag();
      return eachModel(() => events);
    },
  );
  metrics.gauge(
    'muster_projection_lag_seconds',
    'Age of the oldest event that a read model has not folded yet.',
    async () => {
      const { seconds } = await lag();
      return eachModel(() => seconds);
    },
  );
  metrics.gauge(
    'muster_projection_parked_documents',
    'Documents whose fold failed. They show an older state, and responses that contain them are marked as stale.',
    () => eachModel((model) => projector.status.parked[model] ?? 0),
  );
  metrics.gauge('muster_projection_building', '1 while a read model is being rebuilt.', () =>
    eachModel((model) => (Object.hasOwn(projector.status.building, model) ? 1 : 0)),
  );
  metrics.gauge(
    'muster_projection_running',
    '0 if the projector has stopped because of an event from a newer version or a defect. The log shows the cause.',
    () => [{ value: projector.status.problem === undefined ? 1 : 0 }],
  );
}

async function lagOf(store: ProjectionSource['store'], position: bigint, now: number): Promise<Lag> {
  const head = await store.head();
  if (head === undefined || head <= position) return { events: 0, seconds: 0 };
  let events = 0;
  let oldest: number | undefined;
  for await (const page of store.readAll({ ...(position < 0n ? {} : { from: position }), limit: COUNTED })) {
    oldest ??= page[0]?.created;
    events += page.length;
  }
  return { events, seconds: oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000 };
}
