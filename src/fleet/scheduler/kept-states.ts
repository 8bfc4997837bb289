import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ClusterFold } from './cluster-fold.js';
import { readSnapshotFile, SNAPSHOT_FILE, writeSnapshotFile } from './snapshot-file.js';
import { hasCode } from '#agents/platform/error-code.js';

const FOLDER = 'cluster-states';
const NAME = /^(\d{1,20})\.ndjson$/;
const MAX_FILES = 40;
/** Number of events between stored states. Folding this many takes less than a second. */
export const KEPT_INTERVAL_EVENTS = 100_000;

/** Cache of cluster states at earlier positions, so that the whole log need not be folded to explain an old decision. */
export class KeptStates {
  readonly #newest: string;
  readonly #folder: string;

  constructor(
    directory: string,
    private readonly store: EventStore,
  ) {
    this.#newest = join(directory, SNAPSHOT_FILE);
    this.#folder = join(directory, FOLDER);
  }

  /** Returns the latest usable state before the position, or undefined if there is none. */
  async before(position: bigint, isUsable: (fold: ClusterFold) => boolean): Promise<ClusterFold | undefined> {
    const isEarly = (bookmark: { readonly position: bigint }): boolean => bookmark.position < position;
    const earlier = this.#positions().filter((each) => each < position);
    for (const file of [this.#newest, ...earlier.reverse().map((each) => this.#file(each))]) {
      const reading = await readSnapshotFile(file, this.store, isEarly);
      if (reading.kind === 'read' && isUsable(reading.fold)) return reading.fold;
    }
    return undefined;
  }

  /** Stores the state. If there are too many states, deletes the inner one whose two neighbours are closest to each other. */
  keep(fold: ClusterFold): void {
    if (fold.bookmark === undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeSnapshotFile(this.#file(fold.bookmark.position), this.store.id, fold);
    const positions = this.#positions();
    while (positions.length > MAX_FILES) {
      const [crowded] = positions.splice(mostCrowded(positions), 1);
      if (crowded !== undefined) rmSync(this.#file(crowded), { force: true });
    }
  }

  #positions(): bigint[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.#folder);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
    const positions = names.flatMap((name) => {
      const digits = NAME.exec(name)?.[1];
      return digits === undefined ? [] : [BigInt(digits)];
    });
    return positions.sort((one, other) => (one < other ? -1 : 1));
  }

  #file(position: bigint): string {
    return join(this.#folder, `${position}.ndjson`);
  }
}

/** Returns the index of the inner position whose neighbours are closest to each other. */
function mostCrowded(positions: readonly bigint[]): number {
  let index = 1;
  let closest: bigint | undefined;
  for (let each = 1; each < positions.length - 1; each += 1) {
    const gap = positions[each + 1]! - positions[each - 1]!;
    if (closest !== undefined && gap >= closest) continue;
    closest = gap;
    index = each;
  }
  return index;
}
