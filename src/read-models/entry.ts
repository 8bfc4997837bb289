import type { ChangedRow, Row } from './storage.js';

/** A document in the engine's memory: as it is stored, and as the events since then leave it. */
export class Entry {
  readonly id: string;
  /** Undefined: there is none (any more). */
  document: unknown;
  sequence = 0;
  created = -1n;
  applied = -1n;
  parked = false;
  /** Sequence of the row that the storage holds; undefined when it holds none. */
  stored: number | undefined;
  /** Length of the JSON text that was stored last. */
  size = 0;

  constructor(id: string, row?: Row) {
    this.id = id;
    if (row === undefined) return;
    this.document = JSON.parse(row.json) as unknown;
    this.sequence = row.sequence;
    this.created = row.created;
    this.applied = row.applied;
    this.parked = row.parked;
    this.stored = row.sequence;
    this.size = row.json.length;
  }

  toRow(indexes: readonly ((document: unknown) => string | undefined)[]): ChangedRow {
    const json = JSON.stringify(this.document);
    this.size = json.length;
    const { id, sequence, created, applied, parked, stored, document } = this;
    const fresh = stored !== sequence;
    return { id, sequence, created, applied, parked, json, fresh, indexes: indexes.map((value) => value(document) ?? null) };
  }
}
