import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { TreeCheckpoint } from './checkpoint.js';
import { leavesOf } from './known-tree.js';
import { epochOf, logOf } from './origin.js';
import { TILE_WIDTH } from './tile-path.js';
import type { TileStore } from './tile-store.js';

export interface NamedTree {
  readonly origin: string;
  readonly size: number;
  /** Encoded in Base64. */
  readonly root: string;
}

/** Describes that the log differs from what was signed: it was replaced with an older copy, or altered. */
export interface LogFork {
  /** The newest signed checkpoint. */
  readonly signed: NamedTree;
  /** The current log. Its origin is its name before this fork is adopted. Undefined if it does not contain any Muster events. */
  readonly log: NamedTree | undefined;
  /** The first entry that differs. Undefined if the signed hashes are lost. */
  readonly first: DifferentEntry | undefined;
}

export interface DifferentEntry {
  readonly index: number;
  /** Position of the event that is at this index now. Undefined if the log ends before it. */
  readonly position: string | undefined;
}

export function namedTree({ origin, size, root }: TreeCheckpoint): NamedTree {
  return { origin, size, root: root.toString('base64') };
}

/** Returns the name of the tree once this fork is adopted. Undefined if the log does not contain any Muster events. */
export function adoptionOrigin({ signed, log }: LogFork): string | undefined {
  return log && `${logOf(log.origin)}/${Math.max(epochOf(signed.origin), epochOf(log.origin)) + 1}`;
}

export function describeFork({ signed, log, first }: LogFork): string {
  const known = `fork: ${signed.size} events were signed, but the log of ${log?.size ?? 0} does not begin with them`;
  if (first === undefined) return known;
  const where =
    first.position === undefined ? 'the log ends before it' : `position ${first.position} of the log`;
  return `${known}; entry ${first.index} is the first that differs (${where})`;
}

/** Finds the first entry that differs from the signed tree. `former`: a tree with the signed entries. */
export function firstDifference(former: TileStore, now: TileStore, { size }: TreeCheckpoint): number {
  const then = leavesOf(former, size);
  const current = leavesOf(now, Math.min(size, now.state().size));
  for (let index = 0; index < current.size; index += 1)
    if (!then.leaf(index).equals(current.leaf(index))) return index;
  return current.size;
}

/** @param events Muster events, from the start of the bundle on. */
export async function positionOf(
  events: AsyncIterable<RecordedEvent>,
  index: number,
): Promise<string | undefined> {
  let at = index - (index % TILE_WIDTH);
  for await (const { position } of events) {
    if (at === index) return String(position);
    at += 1;
  }
  return undefined;
}
