import type { Entry } from '../entry.js';
import type { Ended, Frame, HistoryChanges, ValueGained, ValueLost } from './changes.js';

/** A frame is stored after this many changes at the earliest, and after `MOST_CHANGES` changes at the latest. */
const FEWEST_CHANGES = 64;
const MOST_CHANGES = 4096;
/**
 * A frame is stored once its length is at most this many characters per change, so large documents are stored less often. This bounds the disk space
 * per change.
 */
const CHARACTERS_PER_CHANGE = 32;

type Values = (document: unknown) => readonly string[];

class Segment implements HistoryChanges {
  readonly touched: [number, bigint][] = [];
  readonly ended: Ended[] = [];
  readonly parked: [number, bigint][] = [];
  readonly gained: ValueGained[] = [];
  readonly lost: ValueLost[] = [];
  readonly frames: Frame[] = [];

  constructor(readonly clearedAt: bigint | undefined) {}
}

/** Records the changes of a fold, event by event, until they are written. */
export class HistoryNotes {
  readonly #indexes: readonly Values[];
  #segments = [new Segment(undefined)];
  #size = 0;

  constructor(indexes: readonly Values[]) {
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#size;
  }

  /** Records that the event at this position replaced `before` with the entry's document. Undefined means that there is no document. */
  changed(entry: Entry, before: unknown, position: bigint): void {
    const { sequence, document, id, created } = entry;
    if (before === undefined) {
      entry.changesSinceFrame = 0;
      return;
    }
    const now = this.#segments.at(-1)!;
    this.#size += 1;
    now.touched.push([sequence, position]);
    this.#indexes.forEach((valuesOf, index) => {
      const had = valuesOf(before);
      const has = document === undefined ? [] : valuesOf(document);
      for (const value of has)
        if (!had.includes(value)) now.gained.push({ index, value, sequence, position });
      for (const value of had)
        if (!has.includes(value)) now.lost.push({ index, value, sequence, position, created });
    });
    if (document === undefined) {
      now.ended.push({ sequence, id, created, position });
      entry.changesSinceFrame = 0;
    } else this.#frame(entry, position, now);
  }

  parked({ sequence, document }: Entry, position: bigint): void {
    if (document !== undefined) this.#segments.at(-1)!.parked.push([sequence, position]);
  }

  /** A clear ends all documents. `unwritten` contains the documents that the storage does not have yet. */
  cleared(position: bigint, unwritten: Iterable<Entry>): void {
    for (const entry of unwritten) {
      const before = entry.document;
      if (before === undefined) continue;
      entry.document = undefined;
      this.changed(entry, before, position);
    }
    this.#segments.push(new Segment(position));
  }

  /** Returns the changes since the last commit, in order. */
  changes(): readonly HistoryChanges[] {
    return this.#segments;
  }

  committed(): void {
    this.#segments = [new Segment(undefined)];
    this.#size = 0;
  }

  /** The length is checked only if the number of changes is a power of two, because the check has to serialize the document. */
  #frame(entry: Entry, position: bigint, now: Segment): void {
    entry.changesSinceFrame += 1;
    const changes = entry.changesSinceFrame;
    if (changes < FEWEST_CHANGES || (changes & (changes - 1)) !== 0) return;
    const json = JSON.stringify(entry.document);
    if (changes < MOST_CHANGES && json.length > changes * CHARACTERS_PER_CHANGE) return;
    now.frames.push({ sequence: entry.sequence, position, json });
    entry.changesSinceFrame = 0;
  }
}
