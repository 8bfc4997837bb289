import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { APPLICATION_ID, SCHEMA_VERSION, TOMBSTONE_REVISION } from '#src/engine/event-store/index.js';

export interface CheckedLog {
  readonly storeId: string;
  readonly position: bigint | undefined;
  readonly events: number;
}

/**
 * Verifies a copy of a log: runs SQLite's own check of all pages and indexes, and checks that no stream has a gap. Throws `MUSTER_E_STORE_CORRUPT` or
 * `MUSTER_E_STORE_TOO_NEW`.
 */
export function checkLog(file: string): CheckedLog {
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true });
    const found = database.pragma('user_version', { simple: true }) as number;
    if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      throw corrupt('the file is not an event log');
    if (found > SCHEMA_VERSION)
      throw new MusterError('MUSTER_E_STORE_TOO_NEW', { found, known: SCHEMA_VERSION });
    const problem = database.pragma('integrity_check(1)', { simple: true }) as string;
    if (problem !== 'ok') throw corrupt(problem);
    const gap = database
      .prepare(
        'SELECT stream FROM events WHERE revision < ? GROUP BY stream HAVING count(*) <> max(revision) + 1 LIMIT 1',
      )
      .pluck()
      .get(TOMBSTONE_REVISION);
    if (gap !== undefined) throw corrupt(`stream ${String(gap)} has a gap`);
    const [position, events] = database.prepare('SELECT max(position), count(*) FROM events').raw().get() as [
      number | null,
      number,
    ];
    const storeId = database.prepare('SELECT id FROM log').pluck().get();
    if (typeof storeId !== 'string') throw corrupt('the log has no identity');
    return { storeId, position: position === null ? undefined : BigInt(position), events };
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  } finally {
    database?.close();
  }
}

function corrupt(problem: string, cause?: unknown): MusterError {
  return new MusterError('MUSTER_E_STORE_CORRUPT', { problem }, { cause });
}
