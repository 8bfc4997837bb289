import type { KeptFrom } from '#domain/kernel/ports/history.js';
import type { Database, Statement } from '#src/engine/sqlite.js';
import type { HistoryRow, HistoryRows } from '../storage.js';
import { isUnneeded } from './history-pruning.js';
import { historyTable } from './history-tables.js';

const OF_GENERATION = {
  touches: ['sequence', 'position'],
  lives: ['sequence', 'id', 'created', 'ended'],
  held: ['of_index', 'value', 'sequence', 'since', 'until'],
  frames: ['sequence', 'position', 'json'],
} as const;

const UNNEEDED_BLOCK = 't.block < (SELECT max(block) FROM log_blocks WHERE first < @kept)';
/** The samples depend on when they were written, so their rows cannot be compared with those of a rebuild. */
const OF_LOG = [
  {
    name: 'log_counts',
    columns: ['span', 'start', 'events', 'failures'],
    unneeded: 't.start + t.span <= @time',
  },
  { name: 'log_blocks', columns: ['block', 'first', 'entries'], unneeded: UNNEEDED_BLOCK },
  { name: 'log_mentions', columns: ['block', 'key', 'offsets'], unneeded: UNNEEDED_BLOCK },
] as const;

/** Returns the tables with the history of a generation. */
export function generationRows(
  db: Database,
  of: { readonly model: string; readonly generation: number },
): readonly HistoryRows[] {
  return Object.entries(OF_GENERATION).map(([name, columns]) => {
    const kind = name as keyof typeof OF_GENERATION;
    const table = historyTable(kind, of.model, of.generation);
    return new TableRows(db, { name, table, columns, unneeded: isUnneeded(kind, of) });
  });
}

/** Returns the tables of the index of the log, except for the samples. */
export function logRows(db: Database): readonly HistoryRows[] {
  return OF_LOG.map((each) => new TableRows(db, { ...each, table: each.name }));
}

interface Table {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** SQL condition: row `t` is not needed for any moment from position `@kept`, or time `@time`, on. */
  readonly unneeded: string;
}

class TableRows implements HistoryRows {
  readonly name: string;
  readonly #has: Statement<unknown[]>;

  constructor(
    private readonly db: Database,
    private readonly of: Table,
  ) {
    this.name = of.name;
    this.#has = db.prepare(
      `SELECT 1 FROM ${of.table} WHERE ${of.columns.map((column) => `${column} IS ?`).join(' AND ')}`,
    );
  }

  count(): number {
    return this.db.prepare<[], number>(`SELECT count(*) FROM ${this.of.table}`).pluck().get()!;
  }

  needed(kept: KeptFrom | undefined): Iterable<HistoryRow> {
    const { table, columns, unneeded } = this.of;
    const condition = kept === undefined ? '' : `WHERE (${unneeded}) IS NOT TRUE`;
    const rows = this.db
      .prepare<unknown[], HistoryRow>(`SELECT ${columns.join(', ')} FROM ${table} AS t ${condition}`)
      .safeIntegers(true);
    return kept === undefined ? rows.iterate() : rows.iterate({ kept: kept.position, time: kept.time });
  }

  has(row: HistoryRow): boolean {
    return this.#has.get(...this.of.columns.map((column) => row[column])) !== undefined;
  }
}
