/** Application id in the file header: "MUST". */
export const APPLICATION_ID = 0x4d555354;
export const SCHEMA_VERSION = 1;

export const LOG_FILE = 'events.db';

/**
 * Only (stream, revision) is unique: the same event id may occur in two streams, and an index on it would cost a third of the throughput. The columns
 * for filters come before the texts, so rows can be skipped without reading overflow pages. `streams` contains only streams with state besides their
 * events.
 */
export const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
  CREATE TABLE streams (
    stream TEXT PRIMARY KEY,
    truncate_before INTEGER NOT NULL,
    tombstoned INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log (id TEXT NOT NULL) STRICT;
`;

export const STREAM_STATE = `
  SELECT (SELECT max(revision) FROM events WHERE stream = wanted.name), streams.truncate_before, streams.tombstoned
  FROM (SELECT ? AS name) AS wanted LEFT JOIN streams ON streams.stream = wanted.name
`;
