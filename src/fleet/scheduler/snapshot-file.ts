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
const FOLD = digestOfFold({
  name: 'cluster-state',
  version: SNAPSHOT_FORMAT,
  events: CLUSTER_STATE_EVENTS,
});

interface ForeignRecord {
  readonly kind: 'foreign';
  readonly foreign: ForeignEvents;
  readonly sincePlan?: number;
}

export function writeSnapshot(directory: string, storeId: string, fold: ClusterFold): void {
  writeSnapshotFile(join(directory, SNAPSHOT_FILE), storeId, fold);
}

export function writeSnapshotFile(file: string, storeId: string, fold: ClusterFold): void {
  if (fold.bookmark !== undefined)
    writeRecords(file, { fold: FOLD, store: storeId, bookmark: fold.bookmark }, records(fold));
}

function* records({ state, foreign, sincePlan }: ClusterFold): Generator<SnapshotRecord | ForeignRecord> {
  yield { kind: 'foreign', foreign, ...(sincePlan !== undefined && { sincePlan }) };
  yield* recordsOf(state);
}

export type SnapshotReading =
  { readonly kind: 'read'; readonly fold: ClusterFold } | Exclude<Reading, { kind: 'read' }>;

export async function readSnapshot(directory: string, store: EventStore): Promise<SnapshotReading> {
  return await readSnapshotFile(join(directory, SNAPSHOT_FILE), store);
}

/** @param isWanted decides from the bookmark of a snapshot whether to read it. By default, every snapshot is read. */
export async function readSnapshotFile(
  file: string,
  store: EventStore,
  isWanted: (bookmark: { readonly position: bigint }) => boolean = () => true,
): Promise<SnapshotReading> {
  const restoration = new Restoration();
  let foreign: ForeignEvents | undefined;
  let sincePlan: number | undefined;
  const fold = (bookmark: { readonly position: bigint }) => (isWanted(bookmark) ? FOLD : undefined);
  const reading = await readRecords(file, fold, store, (value) => {
    const record = value as SnapshotRecord | ForeignRecord;
    if (record.kind === 'foreign') ({ foreign, sincePlan } = record);
    else restoration.add(record);
  });
  if (reading.kind !== 'read') return reading;
  const bookmark = 'previous' in reading.bookmark ? reading.bookmark : undefined;
  return { kind: 'read', fold: new ClusterFold(restoration.done(), bookmark, foreign, sincePlan) };
}
