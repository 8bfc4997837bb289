import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError, type Settings } from './settings/settings.js';
import { LOG_FILE } from '#src/engine/event-store/index.js';

/** File that names the EventStoreDB log that the data directory belongs to. */
const FILE = 'event-store.json';
const REMEDY =
  'check both settings; to use them together all the same, set MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG=true for one start';

/**
 * Refuses a log that the data directory does not belong to. An empty volume under the store, or the wrong directory, would look like a new
 * installation while tasks of the other log run on. Nothing is written to the log before this check.
 */
export function acceptLogOf(
  directory: string,
  { eventStoreAcceptOther }: Pick<Settings, 'eventStoreAcceptOther'>,
): (storeId: string | undefined) => void {
  return (storeId) => {
    if (eventStoreAcceptOther) return;
    const known = knownLog(directory);
    const found = storeId === undefined ? 'a store that holds no log of Muster' : `log ${storeId}`;
    if (known !== undefined && known !== storeId)
      throw new SettingsError([
        `MUSTER_DATA_DIR: ${directory} belongs to log ${known}, and MUSTER_EVENTSTORE_URL leads to ${found}: ${REMEDY}`,
      ]);
    if (known === undefined && storeId === undefined && existsSync(join(directory, LOG_FILE)))
      throw new SettingsError([
        `MUSTER_DATA_DIR: ${directory} holds a log of its own (${LOG_FILE}), and MUSTER_EVENTSTORE_URL leads to ${found}: export the one and import it into the other, or ${REMEDY}`,
      ]);
  };
}

export function acceptEmbeddedLog(
  directory: string,
  { eventStoreAcceptOther }: Pick<Settings, 'eventStoreAcceptOther'>,
): void {
  const known = knownLog(directory);
  if (eventStoreAcceptOther || known === undefined || existsSync(join(directory, LOG_FILE))) return;
  throw new SettingsError([
    `MUSTER_EVENTSTORE_URL: is not set, and MUSTER_DATA_DIR ${directory} belongs to log ${known} in an event store: ${REMEDY}`,
  ]);
}

export function rememberLog(directory: string, storeId: string): void {
  if (knownLog(directory) !== storeId)
    writeFileSync(join(directory, FILE), `${JSON.stringify({ log: storeId })}\n`, { mode: 0o600 });
}

/** Ignores a file that was truncated by a full disk or a power failure. */
function knownLog(directory: string): string | undefined {
  try {
    const { log } = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as { readonly log?: unknown };
    return typeof log === 'string' ? log : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
