import { cluster } from '#domain/cluster/aggregate.js';
import { catalog, type Catalog } from '#domain/kernel/catalog/index.js';
import { isOneOf } from '#domain/kernel/event/index.js';
import type { Finding } from '#domain/kernel/finding.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { nodes } from '#domain/nodes/node/aggregate.js';
import { planLog } from '#domain/scheduling/plan-log/stream.js';
import {
  PLAN_LOG_EVENTS,
  PLAN_LOG_STREAM_PREFIXES,
  PlanLogCheck,
  recordsOf,
  type SnapshotRecord,
} from '#domain/scheduling/index.js';
import { compareRecords } from '#src/engine/snapshots/index.js';
import { ClusterFold } from './cluster-fold.js';
import { readSnapshot } from './snapshot-file.js';

/** The streams that {@link PLAN_LOG_STREAM_PREFIXES} selects. */
const CHECKED = catalog([planLog, cluster, nodes]);

/** Checks every prefix of the plan log (see `PlanLogCheck`). Part of `muster verify`. */
export async function checkPlanLog(store: EventStore): Promise<Finding[]> {
  const check = new PlanLogCheck();
  for await (const page of store.readAll({
    filter: { streamPrefixes: PLAN_LOG_STREAM_PREFIXES, types: Object.keys(PLAN_LOG_EVENTS) },
  })) {
    for (const recorded of page) {
      const event = CHECKED.decodeOurs(recorded);
      if (event !== undefined && isOneOf(PLAN_LOG_EVENTS, event)) check.fold(event);
    }
  }
  return check.findings;
}

/**
 * Folds the log again up to the cluster-state snapshot, and compares record by record. A missing snapshot, or one of a different log, is not a
 * finding, because the scheduler can rebuild it. Part of `muster verify`.
 */
export async function checkClusterState(
  store: EventStore,
  directory: string,
  all: Catalog,
): Promise<Finding[]> {
  const reading = await readSnapshot(directory, store);
  if (reading.kind === 'damaged')
    return [{ check: 'cluster-state', subject: 'snapshot', detail: `is damaged: ${reading.problem}` }];
  if (reading.kind !== 'read' || reading.fold.bookmark === undefined) return [];
  const until = reading.fold.bookmark.position;
  const anew = new ClusterFold();
  reading: for await (const page of store.readAll()) {
    for (const event of page) {
      if (event.position > until) break reading;
      anew.fold(all, [event]);
    }
  }
  return compareRecords('cluster-state', records(anew), records(reading.fold));
}

function records({ state, foreign }: ClusterFold): Map<string, unknown> {
  return new Map<string, unknown>([
    ['foreign events', foreign],
    ...[...recordsOf(state)].map((record) => [nameOf(record), record] as const),
  ]);
}

function nameOf(record: SnapshotRecord): string {
  switch (record.kind) {
    case 'state':
      return 'state';
    case 'node':
      return `node ${record.id}`;
    case 'volume':
      return `volume ${record.volume.name}`;
    case 'lost':
      return `lost allocation ${record.allocation.id}`;
    case 'quotas':
      return 'quotas';
    case 'constraints':
      return `constraints ${record.set.digest}`;
    case 'group':
      return `group ${record.data.identity}`;
    case 'job':
      return `job ${record.job.id}`;
    case 'waiting':
      return `jobs waiting for ${record.shape}`;
  }
}
