import { join } from 'node:path';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  CLUSTER_STATE_EVENTS,
  recordsOf,
  Restoration,
  SNAPSHOT_FORMAT,
  type SnapshotRecord,
} from '#domain/scheduling/index.js';
import {
  digestOfFold,
  readSnapshot as readRecords,
  writeSnapshot as writeRecords,
  type SnapshotReading as Reading,
} from '#src/engine/snapshots/index.js';
import { ClusterFold, type ForeignEvents } from './cluster-fold.js';

export const SNAPSHOT_FILE = 'cluster-state.ndjson';
const FOLD = digestOfFold({ name: 'cluster-state', version: SNAPSHOT_FORMAT, events: CLUSTER_STATE_EVENTS });

interface ForeignRecord {
  readonly kind: 'foreign';
  readonly foreign: ForeignEvents;
}

/** Writes the folded state, except that of an empty log. */
export function writeSnapshot(directory: string, storeId: string, fold: ClusterFold): void {
  if (fold.bookmark !== undefined)
    writeRecords(
      join(directory, SNAPSHOT_FILE),
      { fold: FOLD, store: storeId, bookmark: fold.bookmark },
      records(fold),
    );
}

function* records({ state, foreign }: ClusterFold): Generator<SnapshotRecord | ForeignRecord> {
  yield { kind: 'foreign', foreign };
  yield* recordsOf(state);
}

export type SnapshotReading =
  { readonly kind: 'read'; readonly fold: ClusterFold } | Exclude<Reading, { kind: 'read' }>;

/** Reads the snapshot, or says why there is none. */
export async function readSnapshot(directory: string, store: EventStore): Promise<SnapshotReading> {
  const restoration = new Restoration();
  let foreign: ForeignEvents | undefined;
  const reading = await readRecords(join(directory, SNAPSHOT_FILE), FOLD, store, (value) => {
    const record = value as SnapshotRecord | ForeignRecord;
    if (record.kind === 'foreign') foreign = record.foreign;
    else restoration.add(record);
  });
  if (reading.kind !== 'read') return reading;
  // The snapshot was found in the whole log, so its bookmark is one of that kind.
  const bookmark = 'previous' in reading.bookmark ? reading.bookmark : undefined;
  return { kind: 'read', fold: new ClusterFold(restoration.done(), bookmark, foreign) };
}
