import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { createPrivateDatabase } from '#src/engine/private-database.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { HASH_BYTES, nodeHash } from './hashing.js';
import { TILE_HEIGHT, TILE_WIDTH, widthIn } from './tile-path.js';
import type { SubtreeHashes } from './tree.js';
import { hasCode } from '#agents/platform/error-code.js';

export const TLOG_FILE = 'tlog.db';
/** Must be increased when the tables change. The file is derived from the log, so files of other versions are discarded and rebuilt. */
const SCHEMA_VERSION = 4;
const SIDE_FILES = ['-wal', '-shm', '-journal', '-checked'];
/** Maximum number of previous files that are retained per reason. */
const MAX_ASIDE = 3;

/** Thrown if hashes are missing or altered. The tree can be rebuilt from the log. */
export class TreeDamaged extends Error {
  constructor(problem: string) {
    super(`${TLOG_FILE}: ${problem}`);
    this.name = 'TreeDamaged';
  }
}

export interface NewLeaf {
  readonly hash: Buffer;
  readonly position: bigint;
  /** Write time of the event, which no entry contains. */
  readonly created: number;
}

/** Size of a write time: a 64-bit float. */
export const TIME_BYTES = 8;

type StateRow = [size: bigint, position: bigint | null, checkpoint: string | null, origin: string | null];

export interface TreeState {
  readonly size: number;
  readonly position: bigint | undefined;
}

/**
 * `tlog.db` in the data directory. It contains the tiles of the tree, the position in the log at which each bundle of 256 entries begins, the write
 * times of its events, and the newest signed checkpoint. Everything in it is derived from the log. One thread writes the file; any number of other
 * threads may read it.
 */
export class TileStore implements SubtreeHashes {
  readonly #db: Database;
  readonly #readTile;
  readonly #readTimes;
  readonly #readState;

  private constructor(
    db: Database,
    private readonly file: string,
    private readonly clock?: Pick<Clock, 'now'>,
    private readonly mark?: IntegrityCheck,
    /** The file to which a damaged previous file was moved. */
    readonly damaged?: string,
  ) {
    this.#db = db;
    this.#readTile = db
      .prepare<[number, number], Buffer>('SELECT hashes FROM tiles WHERE level = ? AND n = ?')
      .pluck();
    this.#readTimes = db.prepare<[number], Buffer>('SELECT created FROM starts WHERE n = ?').pluck();
    this.#readState = db
      .prepare<[], StateRow>('SELECT size, position, checkpoint, origin FROM state')
      .raw()
      .safeIntegers();
  }

  /**
   * Opens the tiles of a log for writing. Tiles of a different log are copied to `tlog.db.differs-<time>`, and then deleted like those of a different
   * file version. A damaged file is moved to `tlog.db.damaged-<time>` and replaced with an empty tree.
   */
  static open(directory: string, storeId: string, clock: Pick<Clock, 'now'>): TileStore {
    const file = join(directory, TLOG_FILE);
    const mark = new IntegrityCheck(file);
    try {
      const sound = openSound(file, mark);
      if (sound !== undefined) return new TileStore(prepare(sound, storeId, file, clock), file, clock, mark);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    const aside = moveAside(file, clock);
    const db = openSound(file, mark);
    if (db === undefined) throw new TreeDamaged('a new file is damaged');
    return new TileStore(prepare(db, storeId, file, clock), file, clock, mark, aside);
  }

  /** Opens {@link TLOG_FILE} for reading. If `storeId` is undefined, any log is accepted. Returns undefined like {@link openFileReadOnly}. */
  static openReadOnly(directory: string, storeId?: string): TileStore | undefined {
    return TileStore.openFileReadOnly(join(directory, TLOG_FILE), storeId);
  }

  /** Opens {@link TLOG_FILE} or a file that was set aside. Undefined if it is missing, damaged, or of a different log or schema version. */
  static openFileReadOnly(file: string, storeId?: string): TileStore | undefined {
    if (!existsSync(file)) return undefined;
    let db: Database | undefined;
    try {
      db = new Sqlite(file, { readonly: true, fileMustExist: true });
      if (
        db.pragma('user_version', { simple: true }) === SCHEMA_VERSION &&
        (storeId === undefined || db.prepare('SELECT log FROM state').pluck().get() === storeId)
      )
        return new TileStore(db, file);
    } catch (error) {
      if (!hasCode(error, 'SQLITE_CANTOPEN') && !isDamage(error)) throw error;
    }
    db?.close();
    return undefined;
  }

  state(): TreeState {
    const [size, position] = this.#stateRow();
    return { size: Number(size), position: position ?? undefined };
  }

  checkpoint(): string | undefined {
    return this.#stateRow()[2] ?? undefined;
  }

  /** Returns the tree's name since the newest adopted fork. Undefined if no fork was adopted. */
  adoptedOrigin(): string | undefined {
    return this.#stateRow()[3] ?? undefined;
  }

  #stateRow(): StateRow {
    const row = this.#readState.get();
    if (row === undefined) throw new TreeDamaged('it has no state');
    return row;
  }

  /** Returns the newest checkpoint with the cosignatures of enough witnesses. */
  cosigned(): string | undefined {
    return this.#db.prepare<[], string | null>('SELECT cosigned FROM state').pluck().get() ?? undefined;
  }

  keepCosigned(note: string): void {
    this.#db.prepare('UPDATE state SET cosigned = ?').run(note);
  }

  keepCheckpoint(note: string): void {
    this.#db.prepare('UPDATE state SET checkpoint = ?').run(note);
  }

  /** Copies the tree to `tlog.db.differs-<time>`, then empties it. The copy may be the only evidence of what was signed. Returns the copy's path. */
  startOver(): string {
    const aside = copyAside(this.#db, this.file, this.clock);
    this.#db.transaction(() => {
      this.#db.exec('DELETE FROM tiles; DELETE FROM starts');
      this.#db.exec(
        'UPDATE state SET size = 0, position = NULL, checkpoint = NULL, origin = NULL, cosigned = NULL',
      );
    })();
    return aside;
  }

  /** Appends leaves in log order, all or none. `adoptedOrigin` is the new name of the tree if one of the events adopts a fork. */
  append(leaves: readonly NewLeaf[], adoptedOrigin?: string): void {
    const last = leaves.at(-1);
    if (last === undefined) return;
    this.#db.transaction(() => {
      const { size } = this.state();
      const writer = new TileWriter(this.#db, (level, n) => this.#readTile.get(level, n), size);
      for (const leaf of leaves) writer.add(leaf);
      writer.flush();
      this.#addTimes(leaves, size);
      this.#db.prepare('UPDATE state SET size = ?, position = ?').run(size + leaves.length, last.position);
      if (adoptedOrigin !== undefined) this.#db.prepare('UPDATE state SET origin = ?').run(adoptedOrigin);
    })();
  }

  #addTimes(leaves: readonly NewLeaf[], size: number): void {
    const write = this.#db.prepare<[Buffer, number]>('UPDATE starts SET created = ? WHERE n = ?');
    for (let from = 0, n = Math.floor(size / TILE_WIDTH); from < leaves.length; n += 1) {
      const until = (n + 1) * TILE_WIDTH - size;
      const times = leaves.slice(from, until).map(({ created }) => {
        const time = Buffer.alloc(TIME_BYTES);
        time.writeDoubleBE(created);
        return time;
      });
      write.run(Buffer.concat([this.#readTimes.get(n) ?? Buffer.alloc(0), ...times]), n);
      from = until;
    }
  }

  tile(level: number, n: number, width: number): Buffer | undefined {
    const hashes = this.#readTile.get(level, n);
    return hashes === undefined || hashes.byteLength < width * HASH_BYTES
      ? undefined
      : hashes.subarray(0, width * HASH_BYTES);
  }

  subtree(height: number, index: number): Buffer {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const n = Math.floor(first / TILE_WIDTH);
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    const hashes = this.#readTile.get(level, n);
    if (hashes === undefined || hashes.byteLength < at + count * HASH_BYTES)
      throw new TreeDamaged(`it lacks subtree ${index} of height ${height}`);
    return foldHashes(hashes.subarray(at, at + count * HASH_BYTES));
  }

  /** Returns the hash of an entry. Undefined if the tree does not contain it. */
  leaf(index: number): Buffer | undefined {
    const at = index % TILE_WIDTH;
    return this.tile(0, Math.floor(index / TILE_WIDTH), at + 1)?.subarray(at * HASH_BYTES);
  }

  /** Returns the write times of the events of a bundle. Empty if the tree does not contain it. */
  timesOf(n: number): readonly number[] {
    const times = this.#readTimes.get(n) ?? Buffer.alloc(0);
    return Array.from({ length: Math.floor(times.byteLength / TIME_BYTES) }, (_, at) =>
      times.readDoubleBE(at * TIME_BYTES),
    );
  }

  startOf(n: number): bigint | undefined {
    return this.#db
      .prepare<[number], bigint>('SELECT position FROM starts WHERE n = ?')
      .pluck()
      .safeIntegers()
      .get(n);
  }

  bundleAt(position: bigint): { readonly n: number; readonly start: bigint } | undefined {
    const row = this.#db
      .prepare<[bigint], [n: bigint, start: bigint]>(
        'SELECT n, position FROM starts WHERE position <= ? ORDER BY position DESC LIMIT 1',
      )
      .raw()
      .safeIntegers()
      .get(position);
    return row && { n: Number(row[0]), start: row[1] };
  }

  close(): void {
    this.#db.close();
    this.mark?.closed();
  }
}

function openSound(file: string, mark: IntegrityCheck): Database | undefined {
  let db: Database | undefined;
  try {
    createPrivateDatabase(file);
    const sound = mark.holds();
    db = new Sqlite(file);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    if (sound || db.pragma('quick_check(1)', { simple: true }) === 'ok') {
      mark.opened();
      return db;
    }
  } catch (error) {
    if (!isDamage(error)) {
      db?.close();
      throw error;
    }
  }
  db?.close();
  return undefined;
}

/** Creates the tables, unless the file already has them for this log. */
function prepare(db: Database, storeId: string, file: string, clock: Pick<Clock, 'now'>): Database {
  try {
    // The tree of another log shows whether this log is a copy of it, and where it differs.
    if (
      db.pragma('user_version', { simple: true }) === SCHEMA_VERSION &&
      db
        .prepare<[string], number>('SELECT count(*) FROM state WHERE log <> ? AND size > 0')
        .pluck()
        .get(storeId)! > 0
    )
      copyAside(db, file, clock);
    db.transaction(() => {
      const version = db.pragma('user_version', { simple: true });
      if (version === SCHEMA_VERSION && db.prepare('SELECT log FROM state').pluck().get() === storeId) return;
      const tables = db
        .prepare<[], string>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )
        .pluck()
        .all();
      for (const table of tables) db.exec(`DROP TABLE "${table}"`);
      db.exec(
        `CREATE TABLE tiles (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL, UNIQUE (level, n)) STRICT;
         CREATE TABLE starts (n INTEGER PRIMARY KEY, position INTEGER NOT NULL UNIQUE, created BLOB NOT NULL) STRICT;
         CREATE TABLE state (log TEXT NOT NULL, size INTEGER NOT NULL, position INTEGER, checkpoint TEXT, origin TEXT, cosigned TEXT) STRICT`,
      );
      db.prepare('INSERT INTO state (log, size) VALUES (?, 0)').run(storeId);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    })();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Returns whether SQLite reports that the file is not a sound database. */
export function isDamage(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'));
}

function moveAside(file: string, clock: Pick<Clock, 'now'>): string {
  const aside = asideName(file, 'damaged', clock);
  renameSync(file, aside);
  for (const suffix of SIDE_FILES) rmSync(`${file}${suffix}`, { force: true });
  dropFormer(file, 'damaged');
  return aside;
}

function copyAside(db: Database, file: string, clock: Pick<Clock, 'now'> | undefined): string {
  const aside = asideName(file, 'differs', clock);
  db.prepare('VACUUM INTO ?').run(aside);
  dropFormer(file, 'differs');
  return aside;
}

type AsideReason = 'damaged' | 'differs';

function asideName(file: string, reason: AsideReason, clock: Pick<Clock, 'now'> | undefined): string {
  return `${file}.${reason}-${clock?.now()}`;
}

/** Returns the names of the trees that were set aside, oldest first. The directory may be missing. */
export function asides(directory: string, reason: AsideReason): string[] {
  return (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => name.startsWith(`${TLOG_FILE}.${reason}-`))
    .sort();
}

/** Deletes all files that were set aside except the newest ones, so that repeated damage does not fill the disk. */
function dropFormer(file: string, reason: AsideReason): void {
  const directory = dirname(file);
  for (const name of asides(directory, reason).slice(0, -MAX_ASIDE))
    rmSync(join(directory, name), { force: true });
}

/** Returns the root of the hashes, whose number must be a power of two. */
export function foldHashes(hashes: Buffer): Buffer {
  let level = hashes;
  while (level.byteLength > HASH_BYTES) {
    const above = Buffer.allocUnsafe(level.byteLength / 2);
    for (let at = 0; at < level.byteLength; at += 2 * HASH_BYTES)
      nodeHash(
        level.subarray(at, at + HASH_BYTES),
        level.subarray(at + HASH_BYTES, at + 2 * HASH_BYTES),
      ).copy(above, at / 2);
    level = above;
  }
  return level;
}

class TileWriter {
  readonly #write;
  readonly #start;
  readonly #open: { n: number; hashes: Buffer[] }[] = [];
  #size: number;

  constructor(
    db: Database,
    private readonly read: (level: number, n: number) => Buffer | undefined,
    size: number,
  ) {
    this.#size = size;
    this.#write = db.prepare<[number, number, Buffer]>(
      'INSERT INTO tiles (level, n, hashes) VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes',
    );
    this.#start = db.prepare<[number, bigint]>(
      "INSERT INTO starts (n, position, created) VALUES (?, ?, x'')",
    );
  }

  add({ hash, position }: NewLeaf): void {
    if (this.#size % TILE_WIDTH === 0) this.#start.run(this.#size / TILE_WIDTH, position);
    this.#push(0, hash);
    this.#size += 1;
  }

  #push(level: number, hash: Buffer): void {
    const tile = (this.#open[level] ??= this.#load(level));
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) return;
    const full = Buffer.concat(tile.hashes);
    this.#write.run(level, tile.n, full);
    this.#open[level] = { n: tile.n + 1, hashes: [] };
    this.#push(level + 1, foldHashes(full));
  }

  #load(level: number): { n: number; hashes: Buffer[] } {
    const n = Math.floor(this.#size / TILE_WIDTH ** (level + 1));
    const width = widthIn(this.#size, level, n);
    if (width === 0) return { n, hashes: [] };
    const stored = this.read(level, n);
    if (stored?.byteLength !== width * HASH_BYTES)
      throw new TreeDamaged(`it lacks hashes of tile ${n} at level ${level}`);
    return {
      n,
      hashes: Array.from({ length: width }, (_, at) =>
        stored.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
      ),
    };
  }

  flush(): void {
    for (const [level, { n, hashes }] of this.#open.entries())
      if (hashes.length > 0) this.#write.run(level, n, Buffer.concat(hashes));
  }
}
