import { setImmediate } from 'node:timers/promises';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import { read } from '#src/http/index.js';
import type { Holder, SHARED } from '../viewer.js';

/** Maximum number of rows in a table. Older rows are omitted. A row takes up to a kilobyte. */
const MOST_ROWS = 250_000;
/** Above this number of changes, rereading everything is faster than reading single documents. */
const MOST_CHANGES = 20_000;
/** Number of pages to read before other work may run. */
const PAGES_AT_ONCE = 5;

export interface Entry<Row> {
  readonly id: string;
  readonly created: number;
  readonly holder: Holder | typeof SHARED | undefined;
  /** Lower-case text that is searched for the words of a filter. */
  readonly text: string;
  readonly row: Row;
}

export type Changed = Pick<History, 'changed'>;

/**
 * Compact in-memory rows of the documents of one read model. Before each use, the table catches up with the read models: it reads the changed
 * documents, or all documents if there is no history or too much has changed. It may also move back to an earlier position.
 */
export class Table<Document, Row> {
  readonly rows = new Map<string, Entry<Row>>();
  /** Those of the rows that `selects` accepts, so that callers need not look at all others. */
  readonly selected = new Map<string, Entry<Row>>();
  /** Increased with each change. */
  version = 0;
  #position: bigint | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(
    readonly model: string,
    private readonly readModels: ReadModels,
    private readonly history: Changed | undefined,
    private readonly entry: (
      document: Document,
      id: string,
    ) => Omit<Entry<Row>, 'id' | 'created'> | undefined,
    private readonly selects: (row: Row) => boolean = () => false,
  ) {}

  /** Returns the rows as of the current position of the read models. */
  async refreshed(): Promise<ReadonlyMap<string, Entry<Row>>> {
    const refreshed = this.#refreshing.then(async () => await this.#refresh());
    this.#refreshing = refreshed.catch(() => undefined);
    await refreshed;
    return this.rows;
  }

  async #refresh(): Promise<void> {
    const reached = this.readModels.position();
    // As of a moment, reading one document of the list determines the range of positions in which the whole list is the same.
    for await (const _ of this.readModels.list(this.model, { limit: 1 })) break;
    if (this.#position === reached) return;
    const changed = this.#changed(reached);
    if (changed === undefined) await this.#readAll();
    else for (const id of changed) this.#put(id, await this.readModels.get(this.model, id));
    this.#position = reached;
  }

  /** Returns ids of the documents that differ between the table's position and `reached`; undefined if unknown or too many. */
  #changed(reached: bigint): readonly string[] | undefined {
    const { history } = this;
    const position = this.#position;
    if (history === undefined || position === undefined) return undefined;
    const [from, to] = position < reached ? [position, reached] : [reached, position];
    try {
      const found = history.changed(this.model, { from, to, after: 0n, limit: MOST_CHANGES + 1 });
      return found.length > MOST_CHANGES ? undefined : found.map(({ id }) => id);
    } catch (error) {
      if (
        isMusterError(error, 'MUSTER_E_RANGE_TOO_LARGE') ||
        isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE')
      )
        return undefined;
      throw error;
    }
  }

  async #readAll(): Promise<void> {
    this.rows.clear();
    this.selected.clear();
    this.version += 1;
    this.#position = undefined;
    let pages = 0;
    for await (const page of this.readModels.list(this.model, { limit: Number.MAX_SAFE_INTEGER })) {
      for (const stored of page) this.#put(stored.id, stored);
      pages += 1;
      if (pages % PAGES_AT_ONCE === 0) await setImmediate();
    }
  }

  #put(id: string, stored: StoredDocument | undefined): void {
    const made = stored === undefined ? undefined : this.entry(read<Document>(stored), id);
    this.version += 1;
    if (stored === undefined || made === undefined) {
      this.#delete(id);
      return;
    }
    const entry = { id, created: Number(stored.created), ...made };
    this.rows.set(id, entry);
    if (this.selects(entry.row)) this.selected.set(id, entry);
    else this.selected.delete(id);
    if (this.rows.size > MOST_ROWS) {
      const [oldest] = this.rows.keys();
      if (oldest !== undefined) this.#delete(oldest);
    }
  }

  #delete(id: string): void {
    this.rows.delete(id);
    this.selected.delete(id);
  }
}
