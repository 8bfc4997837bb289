import type { ChangedRow, Gone, Row } from './storage.js';

export class Entry {
  readonly id: string;
  /** Undefined if the document does not exist yet or was removed. */
  document: unknown;
  was: unknown;
  sequence = 0;
  created = -1n;
  applied = -1n;
  parked = false;
  stored: number | undefined;
  size = 0;

  /** Number of changes since the last frame, counted only for generations with history. */
  changesSinceFrame = 0;

  /** Stored index values. Undefined if they are not known. */
  indexed: readonly (string | null)[] | undefined;

  changed = false;

  constructor(id: string) {
    this.id = id;
  }

  fill(row: Row | Gone): this {
    this.applied = row.applied;
    if ('gone' in row) return this;
    this.document = JSON.parse(row.json) as unknown;
    this.was = this.document;
    this.sequence = row.sequence;
    this.created = row.created;
    this.parked = row.parked;
    this.changesSinceFrame = row.changesSinceFrame ?? 0;
    this.stored = row.sequence;
    this.size = row.json.length;
    return this;
  }

  empty(): void {
    this.gone();
    this.applied = -1n;
  }

  gone(): void {
    this.document = undefined;
    this.was = undefined;
    this.sequence = 0;
    this.created = -1n;
    this.parked = false;
    this.stored = undefined;
    this.size = 0;
    this.changesSinceFrame = 0;
    this.indexed = undefined;
    this.changed = false;
  }

  kept(): void {
    this.changed = false;
    this.was = this.document;
    this.stored = this.sequence;
  }

  toRow(indexes: readonly ((document: unknown) => string | undefined)[]): ChangedRow {
    const json = JSON.stringify(this.document);
    this.size = json.length;
    const { id, sequence, created, applied, parked, stored, document, indexed, changesSinceFrame } = this;
    const fresh = stored !== sequence;
    return {
      id,
      sequence,
      created,
      applied,
      parked,
      json,
      fresh,
      indexes: indexes.map((value) => value(document) ?? null),
      indexed,
      changesSinceFrame,
    };
  }
}
