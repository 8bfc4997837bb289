import { catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { AsOfReadModels } from './as-of-read-models.js';

/**
 * Opens the index of a log in the same data directory for reading, even while a server is writing it. Undefined if there is no index, or if it
 * belongs to a different log, for example after a restore.
 */
export async function openLogIndex(
  directory: string,
  store: EventStore,
): Promise<AsOfReadModels | undefined> {
  const index = new AsOfReadModels({ directory, catalog: catalog([]), projections: [], store });
  try {
    if (index.indexedTo() >= 0n && (await index.fitsLog())) return index;
  } catch (error) {
    // A damaged file is rebuilt by the next server. Until then, the log itself is searched.
    if (!(error instanceof Sqlite.SqliteError) && !isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE'))
      throw error;
  }
  index.close();
  return undefined;
}
