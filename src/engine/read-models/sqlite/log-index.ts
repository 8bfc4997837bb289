import { prepared, type Database } from '#src/engine/sqlite.js';
import type { MentionsRange } from '#domain/kernel/ports/history.js';
import type { LogSample } from '../history/changes.js';
import { SAMPLE_EVENTS, type LogIndexChanges } from '../history/log-index.js';

/**
 * `log_samples`: write times of positions, for finding the position of a moment. `log_counts`: number of events and failures per minute and hour.
 * `log_mentions`: for each hash of what events mention, the events in one block of the log. Each row is written close to the previous ones, and a
 * reader looks into each block. All tables are complete up to the newest sample.
 */
export const LOG_INDEX = `
  CREATE TABLE log_samples (position INTEGER PRIMARY KEY, created INTEGER NOT NULL, events INTEGER NOT NULL) STRICT;
  CREATE INDEX log_samples_created ON log_samples (created);
  CREATE TABLE log_counts (
    span INTEGER NOT NULL, start INTEGER NOT NULL, events INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (span, start)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log_blocks (block INTEGER PRIMARY KEY, first INTEGER NOT NULL, entries INTEGER NOT NULL) STRICT;
  CREATE TABLE log_mentions (block INTEGER NOT NULL, key INTEGER NOT NULL, offsets BLOB NOT NULL, PRIMARY KEY (block, key))
    STRICT, WITHOUT ROWID;
`;
const TABLES = ['log_samples', 'log_counts', 'log_blocks', 'log_mentions'] as const;
const BLOCK_ENTRIES = 8192;
const FIRST_BLOCK = 1n;
/** Size in bytes of the distance between the first position of a block and the position of an event, little-endian. */
const OFFSET_BYTES = 3;
const MAX_OFFSET = 2n ** BigInt(8 * OFFSET_BYTES) - 1n;
/** Number of bits of a hash that are not stored. SQLite writes three bytes for the remaining bits. */
const KEY_SHIFT = 8;
/** Number of rows that one statement inserts. */
const ROWS = 64;

interface StoredSample {
  readonly position: bigint;
  readonly created: bigint;
  readonly events: bigint;
}

export function emptyLogIndex(db: Database): void {
  for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
}

/** Returns the position of the newest indexed event, or undefined if there is none. */
export function newestIndexed(db: Database): bigint | undefined {
  return newestSample(db)?.position;
}

export function allSamples(db: Database): readonly LogSample[] {
  return db
    .prepare<[], StoredSample>('SELECT position, created, events FROM log_samples ORDER BY position')
    .safeIntegers(true)
    .all()
    .map(({ position, created, events }) => ({
      position,
      created: Number(created),
      events: Number(events),
    }));
}

/** @param blockEntries number of mentions after which a new block begins */
export function storeLogIndex(
  db: Database,
  { samples, counts, mentions }: LogIndexChanges,
  blockEntries = BLOCK_ENTRIES,
): void {
  if (samples.length === 0) return;
  storeSamples(db, samples);
  const count = prepared(
    db,
    `INSERT INTO log_counts (span, start, events, failures) VALUES (?, ?, ?, ?)
     ON CONFLICT (span, start) DO UPDATE SET events = events + excluded.events, failures = failures + excluded.failures`,
  );
  for (const { span, start, events, failures } of counts) count.run(span, start, events, failures);
  storeMentions(db, mentions, blockEntries);
}

/** Number of rows of mentions that one step deletes. */
const PRUNED_A_STEP = 1000;

/**
 * Deletes entries that only concern events before a position: counts of past minutes and hours, and whole blocks of mentions. Each step is a short
 * transaction. The samples are retained, because they serve to find the position of a time and are only one row per 1,024 events.
 * @param created when the event at the position was recorded, in milliseconds since the epoch
 */
export function* pruneLogIndex(db: Database, position: bigint, created: bigint): Generator<void, void> {
  db.transaction(() => {
    db.prepare('DELETE FROM log_counts WHERE start + span <= ?').run(created);
    // Readers start from the blocks, so a block is deleted before its mentions. Its events are all at or before the first event of the next block.
    db.prepare(
      'DELETE FROM log_blocks WHERE block < (SELECT max(block) FROM log_blocks WHERE first < ?)',
    ).run(position);
  }).immediate();
  yield;
  const remove = db.prepare<[number]>(
    `DELETE FROM log_mentions WHERE (block, key) IN (
       SELECT block, key FROM log_mentions WHERE block < (SELECT min(block) FROM log_blocks) LIMIT ?)`,
  );
  while (db.transaction(() => remove.run(PRUNED_A_STEP).changes).immediate() > 0) yield;
}

/** Returns the first position from which all mentions are known. */
export function mentionsFrom(db: Database): bigint {
  const oldest = db
    .prepare<[], { block: bigint; first: bigint }>(
      'SELECT block, first FROM log_blocks ORDER BY block LIMIT 1',
    )
    .safeIntegers(true)
    .get();
  // An event at the beginning of a block may also have mentions at the end of the previous block.
  return oldest === undefined || oldest.block === FIRST_BLOCK ? 0n : oldest.first + 1n;
}

/** Returns the positions of the events with a key, and of a few other events, in either direction. Both bounds are inclusive. */
export function mentionedPositions(
  db: Database,
  key: number,
  { from, to, newestFirst, limit }: MentionsRange,
): readonly bigint[] {
  const groups = db
    .prepare<[number, bigint, bigint], { first: bigint; offsets: Buffer }>(
      `SELECT first, offsets FROM log_blocks AS b CROSS JOIN log_mentions AS m ON m.block = b.block AND m.key = ?
       WHERE b.block >= coalesce((SELECT max(block) FROM log_blocks WHERE first < ?), 0) AND b.first <= ?
       ORDER BY b.block ${newestFirst ? 'DESC' : 'ASC'}`,
    )
    .safeIntegers(true)
    .iterate(storedKey(key), from, to);
  const found: bigint[] = [];
  for (const { first, offsets } of groups) {
    const positions = positionsOf(first, offsets);
    for (const position of newestFirst ? positions.reverse() : positions) {
      if (found.length === limit) return found;
      // An event has a separate entry for each of its mentions whose keys are equal here.
      if (position >= from && position <= to && position !== found.at(-1)) found.push(position);
    }
  }
  return found;
}

function storedKey(key: number): number {
  return (key << KEY_SHIFT) >> KEY_SHIFT;
}

function positionsOf(first: bigint, offsets: Buffer): bigint[] {
  return Array.from(
    { length: offsets.length / OFFSET_BYTES },
    (_, at) => first + BigInt(offsets.readUIntLE(at * OFFSET_BYTES, OFFSET_BYTES)),
  );
}

type Mentions = LogIndexChanges['mentions'];

/** A block ends when it is full, or before a position that is too far from its first position. */
function storeMentions(db: Database, mentions: Mentions, blockEntries: number): void {
  const open = prepared<[], { block: bigint; first: bigint; entries: bigint }>(
    db,
    'SELECT block, first, entries FROM log_blocks ORDER BY block DESC LIMIT 1',
  )
    .safeIntegers(true)
    .get();
  let block = Number(open?.block ?? FIRST_BLOCK - 1n);
  let first = open?.first ?? 0n;
  let entries = Number(open?.entries ?? blockEntries);
  const begin = prepared(db, 'INSERT INTO log_blocks (block, first, entries) VALUES (?, ?, 0)');
  const grow = prepared(db, 'UPDATE log_blocks SET entries = ? WHERE block = ?');
  for (let at = 0; at < mentions.length;) {
    if (entries >= blockEntries || mentions[at]![1] - first > MAX_OFFSET) {
      [block, first, entries] = [block + 1, mentions[at]![1], 0];
      begin.run(block, first);
    }
    const end = Math.min(mentions.length, at + blockEntries - entries);
    const groups = new Map<number, bigint[]>();
    const begun = at;
    for (; at < end && mentions[at]![1] - first <= MAX_OFFSET; at += 1) {
      const [key, position] = mentions[at]!;
      const group = groups.get(storedKey(key)) ?? [];
      if (group.at(-1) !== position) group.push(position);
      groups.set(storedKey(key), group);
    }
    storeGroups(db, block, first, groups);
    entries += at - begun;
    grow.run(entries, block);
  }
}

/** Inserts in table order, so that each page of the table is changed only once. */
function storeGroups(
  db: Database,
  block: number,
  first: bigint,
  groups: ReadonlyMap<number, readonly bigint[]>,
): void {
  const sorted = [...groups].sort(([one], [other]) => one - other);
  const insert = (rows: number) =>
    prepared(
      db,
      `INSERT INTO log_mentions (block, key, offsets) VALUES ${Array.from({ length: rows }, () => '(?, ?, ?)').join(', ')}
       ON CONFLICT (block, key) DO UPDATE SET offsets = CAST(offsets || excluded.offsets AS BLOB)`,
    );
  const whole = sorted.length < ROWS ? undefined : insert(ROWS);
  for (let at = 0; at < sorted.length; at += ROWS) {
    const rows = sorted.slice(at, at + ROWS);
    const statement = rows.length === ROWS && whole !== undefined ? whole : insert(rows.length);
    statement.run(rows.flatMap(([key, positions]) => [block, key, offsetsOf(first, positions)]));
  }
}

function offsetsOf(first: bigint, positions: readonly bigint[]): Buffer {
  const offsets = Buffer.allocUnsafe(positions.length * OFFSET_BYTES);
  positions.forEach((position, at) =>
    offsets.writeUIntLE(Number(position - first), at * OFFSET_BYTES, OFFSET_BYTES),
  );
  return offsets;
}

/** Stores samples. The newest sample grows with each commit until it covers enough events. */
function storeSamples(db: Database, samples: readonly LogSample[]): void {
  const last = newestSample(db);
  let open = last !== undefined && last.events < SAMPLE_EVENTS ? last.position : undefined;
  let created = Number(last?.created ?? 0n);
  let sum = open === undefined ? 0 : Number(last!.events);
  const remove = prepared(db, 'DELETE FROM log_samples WHERE position = ?');
  const insert = prepared(db, 'INSERT INTO log_samples (position, created, events) VALUES (?, ?, ?)');
  for (const sample of samples) {
    if (open !== undefined) remove.run(open);
    created = Math.max(created, sample.created);
    sum += sample.events;
    insert.run(sample.position, created, sum);
    open = sum < SAMPLE_EVENTS ? sample.position : undefined;
    if (open === undefined) sum = 0;
  }
}

function newestSample(db: Database): StoredSample | undefined {
  return prepared<[], StoredSample>(
    db,
    'SELECT position, created, events FROM log_samples ORDER BY position DESC LIMIT 1',
  )
    .safeIntegers(true)
    .get();
}
