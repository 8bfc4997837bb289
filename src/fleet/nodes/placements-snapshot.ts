import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PLACEMENT_EVENTS, Placements } from '#domain/scheduling/dispatch/placements.js';
import {
  nameOfPlacementsRecord,
  PLACEMENTS_VERSION,
  recordsOfPlacements,
  type PlacementsRecord,
} from '#domain/scheduling/dispatch/snapshot.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Finding } from '#domain/kernel/finding.js';
import { decodePage } from '#src/engine/read-models/index.js';
import {
  compareRecords,
  digestOfFold,
  readSnapshot,
  writingSnapshot,
  type Bookmark,
  type SnapshotReading,
} from '#src/engine/snapshots/index.js';

const FILE = 'placements.ndjson';
const FOLD = digestOfFold({ name: 'placements', version: PLACEMENTS_VERSION, events: PLACEMENT_EVENTS });
const CHECK = 'placements';

export async function writePlacements(
  directory: string,
  storeId: string,
  placements: Placements,
  bookmark: Bookmark,
): Promise<void> {
  const writing = writingSnapshot(
    join(directory, FILE),
    { fold: FOLD, store: storeId, bookmark },
    recordsOfPlacements(placements),
  );
  while (writing.next().done !== true) await setImmediate();
}

export type PlacementsReading =
  | { readonly kind: 'read'; readonly placements: Placements; readonly bookmark: Bookmark }
  | Exclude<SnapshotReading, { kind: 'read' }>;

export async function readPlacements(directory: string, store: EventStore): Promise<PlacementsReading> {
  const placements = new Placements();
  const reading = await readSnapshot(join(directory, FILE), FOLD, store, (record) =>
    placements.restore(record as PlacementsRecord),
  );
  return reading.kind === 'read' ? { ...reading, placements } : reading;
}

/** Folds the log again up to the snapshot, and compares. A missing snapshot, or one of a different log, is not a finding. Part of `muster verify`. */
export async function checkPlacements(
  store: EventStore,
  directory: string,
  catalog: Catalog,
): Promise<Finding[]> {
  const kept = await readPlacements(directory, store);
  if (kept.kind === 'damaged')
    return [{ check: CHECK, subject: 'snapshot', detail: `is damaged: ${kept.problem}` }];
  if (kept.kind !== 'read') return [];
  const anew = new Placements();
  reading: for await (const page of store.readAll({ filter: { types: Object.keys(PLACEMENT_EVENTS) } })) {
    for (const recorded of page) {
      if (recorded.position > kept.bookmark.position) break reading;
      for (const event of decodePage(catalog, [recorded], PLACEMENT_EVENTS).events) anew.apply(event);
    }
  }
  return compareRecords(CHECK, named(anew), named(kept.placements));
}

function named(placements: Placements): Map<string, PlacementsRecord> {
  return new Map(
    [...recordsOfPlacements(placements)].map((record) => [nameOfPlacementsRecord(record), record]),
  );
}
