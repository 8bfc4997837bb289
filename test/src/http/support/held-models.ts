import { join } from 'node:path';
import type { Test } from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';

/** Holds the write lock of the read models, so that the projector waits. Returns a function that releases it. */
export function holdModels(t: Test): () => void {
  const holder = new Sqlite(join(t.testdirName, 'read-models.db'));
  t.teardown(() => holder.close());
  holder.exec('BEGIN IMMEDIATE');
  return () => holder.exec('ROLLBACK');
}
