import type { Clock } from '#domain/kernel/ports/clock.js';
import { version } from '#src/engine/version.js';
import type { Settings } from '../settings/settings.js';
import { createMetrics, type Metrics } from '#src/engine/metrics/index.js';
import { diskMetrics, type DiskSource } from './disk.js';
import { serverMetrics, type ServerMetricsSource } from './server-metrics.js';
import { archiveMetrics, type Archive } from '#src/fleet/archive/index.js';
import { ownedWorkMetrics } from '#src/fleet/owned-work/index.js';
import { FOLDS } from '../folds.js';
import type { EventLog } from '../event-log.js';
import type { Fleet } from '../fleet.js';
import type { Parts } from '../readiness.js';
import { droppedLines } from '../standard-output.js';

export interface Measured {
  readonly events: EventLog;
  readonly fleet: Fleet | undefined;
  readonly parts: Parts;
  /** Undefined if this server archives nothing. */
  readonly archive?: Pick<Archive, 'status'> | undefined;
  readonly readiness: ServerMetricsSource['readiness'];
  readonly disk: DiskSource;
}

export async function metricsOf(
  { roles }: Pick<Settings, 'roles'>,
  { events, fleet, parts, archive, readiness, disk }: Measured,
  clock: Clock,
): Promise<Metrics> {
  const metrics = await createMetrics(clock);
  const { commandsUnderWay, appends } = fleet ?? {};
  serverMetrics(metrics, {
    ...parts,
    version: version(),
    roles,
    readiness,
    commandsUnderWay,
    appends,
    store: events.store,
    models: FOLDS.projections.map(({ name }) => name),
    clock,
  });
  if (parts.work.length > 0) ownedWorkMetrics(metrics, () => parts.work.map((loop) => loop.status()));
  if (archive !== undefined) archiveMetrics(metrics, archive);
  diskMetrics(metrics, disk);
  metrics.counter(
    'muster_log_lines_dropped_total',
    'Lines that could not be written: a full pipe, a reader that is gone, a full disk.',
    () => Object.entries(droppedLines() ?? {}).map(([stream, value]) => ({ labels: { stream }, value })),
  );
  return metrics;
}
