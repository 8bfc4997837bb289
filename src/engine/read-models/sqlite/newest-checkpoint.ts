import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Sqlite } from '#src/engine/sqlite.js';
import type { Checkpoint } from '#src/engine/checkpoint.js';
import { SCHEMA_VERSION } from './create-schema.js';
import { READ_MODELS_FILE } from './schema.js';

/** Returns the newest event of this log that the read models of a directory contain. Undefined if there are none, or if the file cannot be used. */
export function newestCheckpoint(
  directory: string,
  storeId: string,
): Pick<Checkpoint, 'position' | 'eventId'> | undefined {
  const file = join(directory, READ_MODELS_FILE);
  if (!existsSync(file)) return undefined;
  let db: InstanceType<typeof Sqlite> | undefined;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true });
    if (db.pragma('user_version', { simple: true }) !== SCHEMA_VERSION) return undefined;
    return db
      .prepare<[string], { position: bigint; eventId: string }>(
        'SELECT position, event_id AS eventId FROM generations WHERE store_id = ? AND event_id IS NOT NULL ORDER BY position DESC LIMIT 1',
      )
      .safeIntegers()
      .get(storeId);
  } catch (error) {
    // The projector replaces a damaged file.
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    return undefined;
  } finally {
    db?.close();
  }
}
