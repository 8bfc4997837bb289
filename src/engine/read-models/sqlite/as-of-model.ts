import { LIMIT, type Database, type Statement } from '#src/engine/sqlite.js';
import type { ChangedDocument, ChangedOptions } from '#domain/kernel/ports/history.js';
import type { ListOptions } from '#domain/kernel/ports/read-models.js';
import { isList } from '../storage.js';
import { changesOf, END, type ReadTouches, type Span } from './changes-of.js';
import { historyTable, PARKED_INDEX } from './history-tables.js';
import { documentTable, indexColumn, listTable } from './schema.js';

type Where = NonNullable<ListOptions['where']>;
type Binding = string | bigint | number;

/** A document that existed at some position: its number in the generation, its id, and the position of its creation. */
export interface Life {
  readonly sequence: bigint;
  readonly id: string;
  readonly created: bigint;
}

/** The input for folding a document: a frame, if any, and the positions of the events after it. */
export interface Source {
  readonly json: string | undefined;
  readonly positions: readonly bigint[];
}

/** A range of positions without a change, given by the last change so far and the next change. */
export interface Unchanged {
  readonly last: bigint;
  readonly next: bigint | undefined;
}

export interface SequenceInIndex {
  readonly value: string;
  readonly sequence: bigint;
}

/** Reads one live generation with history. Its statements fail once the generation has been replaced. */
export class AsOfModel {
  readonly #db: Database;
  readonly #indexes: readonly string[];
  readonly #documents: string;
  readonly #touches: string;
  readonly #lives: string;
  readonly #held: string;
  readonly #frames: string;
  readonly #listTable: (index: string) => string;
  readonly #statements = new Map<string, Statement<Binding[]>>();
  #bound: { readonly position: bigint; readonly sequence: bigint } | undefined;

  constructor(db: Database, model: string, generation: bigint, indexes: readonly string[]) {
    this.#db = db;
    this.#indexes = indexes;
    this.#documents = documentTable(model, generation);
    this.#touches = historyTable('touches', model, generation);
    this.#lives = historyTable('lives', model, generation);
    this.#held = historyTable('held', model, generation);
    this.#frames = historyTable('frames', model, generation);
    this.#listTable = (index) => listTable(model, generation, index);
  }

  lifeOf(id: string, at: bigint): Life | undefined {
    return (
      this.#one<Life>(
        `SELECT sequence, id, created FROM ${this.#documents} WHERE id = ? AND created <= ?`,
        id,
        at,
      ) ??
      this.#one<Life>(
        `SELECT sequence, id, created FROM ${this.#lives} WHERE id = ? AND created <= ? AND ended > ? ORDER BY created DESC LIMIT 1`,
        id,
        at,
        at,
      )
    );
  }

  life(sequence: bigint): Life {
    const life =
      this.#one<Life>(`SELECT sequence, id, created FROM ${this.#documents} WHERE sequence = ?`, sequence) ??
      this.#one<Life>(`SELECT sequence, id, created FROM ${this.#lives} WHERE sequence = ?`, sequence);
    if (life === undefined) throw new RangeError(`${this.#documents} has no document ${sequence}`);
    return life;
  }

  source({ sequence, created }: Life, at: bigint): Source {
    const now = this.#one<{ json: string }>(
      `SELECT json FROM ${this.#documents} WHERE sequence = ? AND applied <= ?`,
      sequence,
      at,
    );
    if (now !== undefined) return { json: now.json, positions: [] };
    const frame = this.#one<{ position: bigint; json: string }>(
      `SELECT position, json FROM ${this.#frames} WHERE sequence = ? AND position <= ? ORDER BY position DESC LIMIT 1`,
      sequence,
      at,
    );
    const touches = this.#all<{ position: bigint }>(
      `SELECT position FROM ${this.#touches} WHERE sequence = ? AND position > ? AND position <= ? ORDER BY position`,
      sequence,
      frame?.position ?? created,
      at,
    ).map(({ position }) => position);
    return { json: frame?.json, positions: frame === undefined ? [created, ...touches] : touches };
  }

  spans(id: string): readonly Span[] {
    const ended = this.#all<Span>(
      `SELECT sequence, created, ended FROM ${this.#lives} WHERE id = ? ORDER BY sequence`,
      id,
    );
    const now = this.#one<Span>(
      `SELECT sequence, created, NULL AS ended FROM ${this.#documents} WHERE id = ?`,
      id,
    );
    return now === undefined ? ended : [...ended, now];
  }

  /** Returns the number of changes between two positions. All creations are counted, but at most `most` other changes. */
  countChanges(from: bigint, to: bigint, most: number): number {
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM ${this.#touches} WHERE position > ? AND position <= ? LIMIT ?)`;
    const { count } = this.#one<{ count: bigint }>(sql, from, to, most)!;
    return Number(count + this.#newest(to) - this.#newest(from));
  }

  /** Returns the documents that existed at either position and were changed by events between them, in creation order. */
  changed({ from, to, after, limit }: ChangedOptions): readonly ChangedDocument[] {
    const [before, then] = [this.#newest(from), this.#newest(to)];
    const rows = this.#all<{
      sequence: bigint;
      id: string;
      created: bigint;
      ended: bigint | null;
      touched: bigint | null;
    }>(
      `WITH changed (sequence) AS (
         SELECT sequence FROM ${this.#touches} WHERE position > ? AND position <= ? AND sequence > ?
         UNION SELECT sequence FROM ${this.#documents} WHERE sequence > max(?, ?) AND sequence <= ?
         UNION SELECT sequence FROM ${this.#lives} WHERE sequence > max(?, ?) AND sequence <= ?
       )
       SELECT sequence, coalesce(d.id, l.id) AS id, coalesce(d.created, l.created) AS created, l.ended AS ended,
         (SELECT max(position) FROM ${this.#touches} AS t WHERE t.sequence = changed.sequence AND t.position <= ?) AS touched
       FROM changed LEFT JOIN ${this.#documents} AS d USING (sequence) LEFT JOIN ${this.#lives} AS l USING (sequence)
       WHERE coalesce(d.created, l.created) <= ? AND NOT (coalesce(d.created, l.created) > ? AND coalesce(l.ended, ?) <= ?)
       ORDER BY sequence ${LIMIT}`,
      ...[from, to, after, before, after, then, before, after, then, to, to, from, END, to, limit],
    );
    return rows.map(({ sequence, id, created, ended, touched }) => ({
      id,
      sequence,
      change: created > from ? 'created' : ended !== null && ended <= to ? 'ended' : 'changed',
      position: touched ?? created,
    }));
  }

  readonly touches: ReadTouches = (sequence, { from, to, newestFirst, limit }) =>
    this.#all<{ position: bigint }>(
      `SELECT position FROM ${this.#touches} WHERE sequence = ? AND position >= ? AND position <= ?
       ORDER BY position ${newestFirst ? 'DESC' : 'ASC'} ${LIMIT}`,
      sequence,
      from,
      to,
      limit,
    ).map(({ position }) => position);

  spanOf(id: string, at: bigint): Unchanged {
    const changes = (range: { readonly from: bigint; readonly to: bigint; readonly newestFirst: boolean }) =>
      changesOf(this.spans(id), { ...range, limit: 1 }, this.touches)[0]?.position;
    return {
      last: changes({ from: 0n, to: at, newestFirst: true }) ?? -1n,
      next: changes({ from: at + 1n, to: END, newestFirst: false }),
    };
  }

  spanOfAll(at: bigint): Unchanged {
    const one = (sql: string): bigint | null =>
      this.#one<{ position: bigint | null }>(sql, at)?.position ?? null;
    const table = this.#touches;
    const touched = one(`SELECT max(position) AS position FROM ${table} WHERE position <= ?`);
    const touches = one(`SELECT min(position) AS position FROM ${table} WHERE position > ?`);
    const newest = this.#newest(at);
    // The document itself may have been pruned, so the nearest one before it is used.
    const created = this.#createdAtOrBefore(newest)?.created ?? -1n;
    const creates = this.#nextCreation(newest);
    return {
      last: touched === null || created > touched ? created : touched,
      next: touches === null || (creates !== undefined && creates < touches) ? creates : touches,
    };
  }

  #nextCreation(newest: bigint): bigint | undefined {
    const next = (table: string): { readonly sequence: bigint; readonly created: bigint } | undefined =>
      this.#one(
        `SELECT sequence, created FROM ${table} WHERE sequence > ? ORDER BY sequence LIMIT 1`,
        newest,
      );
    const [documents, lives] = [next(this.#documents), next(this.#lives)];
    if (documents === undefined || lives === undefined) return (documents ?? lives)?.created;
    return documents.sequence < lives.sequence ? documents.created : lives.created;
  }

  isParked({ sequence }: Life, at: bigint): boolean {
    const sql = `SELECT 1 FROM ${this.#held} WHERE of_index = ${PARKED_INDEX} AND value = '' AND sequence = ? AND since <= ?`;
    return this.#one(sql, sequence, at) !== undefined;
  }

  page(where: Where | undefined, at: bigint, after: bigint, limit: number): readonly bigint[] {
    const { sql, bindings } = this.#sequences(where, at, after, this.#newest(at));
    return this.#all<{ sequence: bigint }>(`${sql} ORDER BY sequence ${LIMIT}`, ...bindings, limit).map(
      ({ sequence }) => sequence,
    );
  }

  newest(
    where: Where | undefined,
    at: bigint,
    before: bigint,
    limit: number,
    skip: number,
  ): readonly bigint[] {
    const newest = this.#newest(at);
    const { sql, bindings } = this.#sequences(where, at, 0n, before - 1n < newest ? before - 1n : newest);
    return this.#all<{ sequence: bigint }>(
      `${sql} ORDER BY sequence DESC ${LIMIT} OFFSET ? + 0`,
      ...bindings,
      limit,
      skip,
    ).map(({ sequence }) => sequence);
  }

  pageBy(
    index: string,
    at: bigint,
    after: SequenceInIndex | undefined,
    limit: number,
  ): readonly SequenceInIndex[] {
    const [number, column] = [this.#indexNumber(index), indexColumn(index)];
    const behind = (value: string): string =>
      after === undefined ? '' : ` AND (${value}, sequence) > (?, ?)`;
    const bound = after === undefined ? [] : [after.value, after.sequence];
    return this.#all<SequenceInIndex>(
      `SELECT ${column} AS value, sequence FROM ${this.#documents} AS d WHERE ${column} IS NOT NULL AND sequence <= ?${behind(column)}
         AND ${this.#hadAlready(number, `d.${column}`, 'd.sequence')}
       UNION ALL
       SELECT value, sequence FROM ${this.#held} WHERE of_index = ${number} AND since <= ? AND until > ?${behind('value')}
       ORDER BY value, sequence ${LIMIT}`,
      this.#newest(at),
      ...bound,
      at,
      at,
      at,
      ...bound,
      limit,
    );
  }

  count(where: Where | undefined, at: bigint): number {
    const { sql, bindings } = this.#sequences(where, at, 0n, this.#newest(at));
    return Number(this.#one<{ count: bigint }>(`SELECT count(*) AS count FROM (${sql})`, ...bindings)!.count);
  }

  /** Returns a query for the sequences in (after, until] of all documents that existed at the position and had one of the values. */
  #sequences(
    where: Where | undefined,
    at: bigint,
    after: bigint,
    until: bigint,
  ): { readonly sql: string; readonly bindings: readonly Binding[] } {
    const between = 'sequence > ? AND sequence <= ?';
    if (where === undefined)
      return {
        sql: `SELECT sequence FROM ${this.#documents} WHERE ${between}
              UNION ALL SELECT sequence FROM ${this.#lives} WHERE ${between} AND ended > ?`,
        bindings: [after, until, after, until, at],
      };
    const number = this.#indexNumber(where.index);
    const value = typeof where.value === 'string' ? where.value : JSON.stringify(where.value);
    const is = typeof where.value === 'string' ? '= ?' : 'IN (SELECT value FROM json_each(?))';
    const [table, column] = isList(where.index)
      ? [this.#listTable(where.index), 'value']
      : [this.#documents, indexColumn(where.index)];
    return {
      sql: `SELECT sequence FROM ${table} AS d WHERE d.${column} ${is} AND ${between} AND ${this.#hadAlready(number, `d.${column}`, 'd.sequence')}
            UNION SELECT sequence FROM ${this.#held} WHERE of_index = ${number} AND value ${is} AND ${between} AND since <= ? AND until > ?`,
      bindings: [value, after, until, at, value, after, until, at, at],
    };
  }

  /** SQL condition: the document already had its current value at the bound position. */
  #hadAlready(index: number, value: string, sequence: string): string {
    return `NOT EXISTS (SELECT 1 FROM ${this.#held} AS h WHERE h.of_index = ${index} AND h.value = ${value} AND h.sequence = ${sequence} AND h.until IS NULL AND h.since > ?)`;
  }

  /** Finds the sequence of the newest document at a position by bisection, because sequences are in log order. */
  #newest(at: bigint): bigint {
    if (this.#bound?.position === at) return this.#bound.sequence;
    let [low, high] = [0n, this.#last()];
    while (low < high) {
      const middle = (low + high + 1n) / 2n;
      const created = this.#createdAtOrBefore(middle);
      if (created !== undefined && created.created > at) high = created.sequence - 1n;
      else low = middle;
    }
    this.#bound = { position: at, sequence: low };
    return low;
  }

  #last(): bigint {
    const newest = (table: string): bigint =>
      this.#one<{ newest: bigint | null }>(`SELECT max(sequence) AS newest FROM ${table}`)?.newest ?? 0n;
    const [documents, lives] = [newest(this.#documents), newest(this.#lives)];
    return documents > lives ? documents : lives;
  }

  #createdAtOrBefore(sequence: bigint): { readonly sequence: bigint; readonly created: bigint } | undefined {
    const newest = (table: string) =>
      this.#one<{ sequence: bigint; created: bigint }>(
        `SELECT sequence, created FROM ${table} WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1`,
        sequence,
      );
    const [documents, lives] = [newest(this.#documents), newest(this.#lives)];
    if (documents === undefined || lives === undefined) return documents ?? lives;
    return documents.sequence > lives.sequence ? documents : lives;
  }

  #indexNumber(index: string): number {
    const number = this.#indexes.indexOf(index);
    if (number < 0) throw new RangeError(`${this.#documents} has no index ${index}`);
    return number;
  }

  #one<Row>(sql: string, ...bindings: readonly Binding[]): Row | undefined {
    return this.#prepared(sql).get(...bindings) as Row | undefined;
  }

  #all<Row>(sql: string, ...bindings: readonly Binding[]): readonly Row[] {
    return this.#prepared(sql).all(...bindings) as Row[];
  }

  #prepared(sql: string): Statement<Binding[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare<Binding[]>(sql).safeIntegers(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
