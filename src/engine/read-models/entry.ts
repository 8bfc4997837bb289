import type { ChangedRow, Gone, Row } from './storage.js';

/** A document in the engine's memory: as it is stored, and as the events since then leave it. */
export class Entry {
  readonly id: string;
  /** Undefined: there is none (any more). */
  document: unknown;
  /** The document as the storage holds it; undefined: it holds none. */
  was: unknown;
  sequence = 0;
  created = -1n;
  applied = -1n;
  parked = false;
  /** Sequence of the row that the storage holds; undefined when it holds none. */
  stored: number | undefined;
  /** Length of the JSON text that was stored last. */
  size = 0;

  /** Values of the indexes as the storage holds them; undefined: not known. */
  indexed: readonly (string | null)[] | undefined;

  /** It differs from what is stored. */
  changed = false;

  constructor(id: string) {
    this.id = id;
  }

  /** As it is stored. */
  fill(row: Row | Gone): this {
    this.applied = row.applied;
    if ('gone' in row) return this;
    this.document = JSON.parse(row.json) as unknown;
    this.was = this.document;
    this.sequence = row.sequence;
    this.created = row.created;
    this.parked = row.parked;
    this.stored = row.sequence;
    this.size = row.json.length;
    return this;
  }

  /** Nothing of it is left, neither here nor in the storage. */
  empty(): void {
    this.gone();
    this.applied = -1n;
  }

  /** There is no document; what made it go stays applied. */
  gone(): void {
    this.document = undefined;
    this.was = undefined;
    this.sequence = 0;
    this.created = -1n;
    this.parked = false;
    this.stored = undefined;
    this.size = 0;
    this.indexed = undefined;
    this.changed = false;
  }

  /** The storage holds it as it is here. */
  kept(): void {
    this.changed = false;
    this.was = this.document;
    this.stored = this.sequence;
  }

  toRow(indexes: readonly ((document: unknown) => string | undefined)[]): ChangedRow {
    const json = JSON.stringify(this.document);
    this.size = json.length;
    const { id, sequence, created, applied, parked, stored, document, indexed } = this;
    const fresh = stored !== sequence;
    return { id, sequence, created, applied, parked, json, fresh, indexes: indexes.map((value) => value(document) ?? null), indexed };
  }
}
