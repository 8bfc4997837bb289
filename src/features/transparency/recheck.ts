import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { leafHash } from './hashing.js';
import { leavesOf } from './known-tree.js';
import { leafOf } from './leaf.js';
import { TILE_WIDTH } from './tile-path.js';
import type { TileStore } from './tile-store.js';

/** Number of bundles that one call compares: 10,240 events. */
const BUNDLES = 40;
/** Least number of milliseconds from the end of a pass over the whole tree to the next. */
const PASS_INTERVAL_MS = 3_600_000;
/** A pause lasts at least this many times as long as the pass before it, so that a long log is not read all the time. */
const PAUSE_FACTOR = 3;

/** An entry of the tree whose event in the log is not the one that was read. */
export interface AlteredEntry {
  readonly index: number;
  /** The event that is now at this index. Undefined if the log ends before it. */
  readonly event: RecordedEvent | undefined;
  /** The write time that was read. Undefined if the event itself differs. */
  readonly created: number | undefined;
}

interface Parts {
  readonly store: Pick<EventStore, 'readAll'>;
  readonly tiles: TileStore;
  readonly isOwnStream: (stream: string) => boolean;
}

/**
 * Compares the log with the tree again and again, because an event can be altered after it was added to the tree. Each pass begins with the newest
 * events. A caller that calls it every 750 ms compares more than 10,000 events a second.
 */
export class Recheck {
  readonly #parts: Parts;
  /** Number of bundles that the pass has not compared yet. Undefined between two passes. */
  #left: number | undefined;
  #begun = 0;
  #due = -Infinity;
  #moved: AlteredEntry | undefined;
  #movedBefore: AlteredEntry | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The entry with a different write time that this pass or the previous one has found. */
  get moved(): AlteredEntry | undefined {
    return this.#moved ?? this.#movedBefore;
  }

  /**
   * Compares the next bundles. Returns the first entry of them that differs in more than its write time. If the signal ends it, the next call compares
   * the same bundles again.
   */
  async next(now: number, signal?: AbortSignal): Promise<AlteredEntry | undefined> {
    const { size } = this.#parts.tiles.state();
    if (this.#left === undefined) {
      if (now < this.#due || size === 0) return undefined;
      this.#left = Math.ceil(size / TILE_WIDTH);
      this.#begun = now;
    }
    const from = Math.max(0, this.#left - BUNDLES);
    for await (const entry of alteredEntries(
      this.#parts,
      from * TILE_WIDTH,
      Math.min(size, this.#left * TILE_WIDTH),
      signal,
    )) {
      if (entry.created === undefined) return entry;
      this.#moved ??= entry;
    }
    if (signal?.aborted === true) return undefined;
    this.#left = from;
    if (from === 0) this.#endPass(now);
    return undefined;
  }

  /** Begins a new pass, because the tree is being rebuilt. */
  startOver(): void {
    this.#left = this.#moved = this.#movedBefore = undefined;
    this.#due = -Infinity;
  }

  #endPass(now: number): void {
    this.#left = undefined;
    this.#due = now + Math.max(PASS_INTERVAL_MS, PAUSE_FACTOR * (now - this.#begun));
    this.#movedBefore = this.#moved;
    this.#moved = undefined;
  }
}

/**
 * Yields the entries in the range [from, until) whose events differ from the tree. `from` must be the first entry of a bundle. The signal ends it after
 * a page of the log.
 */
export async function* alteredEntries(
  { store, tiles, isOwnStream }: Parts,
  from: number,
  until: number,
  signal?: AbortSignal,
): AsyncGenerator<AlteredEntry, void, undefined> {
  const start = tiles.startOf(from / TILE_WIDTH);
  const known = leavesOf(tiles, until);
  let times: readonly number[] = [];
  let index = from;
  if (start !== undefined)
    for await (const page of store.readAll({ from: start, inclusive: true })) {
      for (const event of page) {
        if (index === until) return;
        if (!isOwnStream(event.stream)) continue;
        if (index % TILE_WIDTH === 0) times = tiles.timesOf(index / TILE_WIDTH);
        const created = times[index % TILE_WIDTH];
        if (!known.leaf(index).equals(leafHash(leafOf(event)))) yield { index, event, created: undefined };
        else if (created !== undefined && created !== event.created) yield { index, event, created };
        index += 1;
      }
      if (index === until || signal?.aborted === true) return;
    }
  for (; index < until; index += 1) yield { index, event: undefined, created: undefined };
}

/** Describes the difference, for an operator. */
export function describeAltered({ index, event, created }: AlteredEntry): string {
  if (event === undefined) return `the log ends before entry ${index}`;
  const what = `entry ${index} (position ${event.position}, stream ${event.stream}, revision ${event.revision})`;
  return created === undefined
    ? `${what} is not what was added to the tree`
    : `${what} was written at ${timeOf(created)}, but the log now says ${timeOf(event.created)}`;
}

function timeOf(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? String(milliseconds) : time.toISOString();
}
