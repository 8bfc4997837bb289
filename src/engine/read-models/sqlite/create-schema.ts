import type { Database } from '#src/engine/sqlite.js';
import { LOG_INDEX } from './log-index.js';

/** Must be increased when the tables below change. A file with a different, unknown version is discarded and rebuilt. */
export const SCHEMA_VERSION = 5;

const SCHEMA = `
  CREATE TABLE generations (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    live INTEGER NOT NULL DEFAULT 0,
    indexes TEXT NOT NULL,
    history INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0,
    store_id TEXT,
    position INTEGER,
    event_id TEXT,
    previous INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX generations_live ON generations (model) WHERE live = 1;
  CREATE TABLE parked (
    generation INTEGER NOT NULL,
    id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (generation, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE requests (model TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  ${LOG_INDEX}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export function createSchema(db: Database): void {
  const version = db.pragma('user_version', { simple: true });
  if (version === SCHEMA_VERSION) return;
  db.transaction(() => db.exec(SCHEMA)).immediate();
}
