import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import type { EventLogSettings } from './settings.js';
import { LOG_FILE } from '#src/engine/event-store/index.js';
import { hasCode } from '#agents/platform/error-code.js';

/** File with the id of the EventStoreDB log that the data directory belongs to. */
const FILE = 'event-store.json';
const REMEDY =
  'check both settings; to use them together anyway, set MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG=true for one start';

/**
 * Returns a function that refuses a log that the data directory does not belong to. Otherwise an empty store volume or the wrong directory would look
 * like a new installation, while tasks of the other log are still running. Nothing is written to the log before this check.
 */
export function acceptLogOf(
  directory: string,
  { eventStoreAcceptOther }: Pick<EventLogSettings, 'eventStoreAcceptOther'>,
): (storeId: string | undefined) => void {
  return (storeId) => {
    if (eventStoreAcceptOther) return;
    const known = knownLog(directory);
    const found = storeId === undefined ? 'a store without a Muster log' : `log ${storeId}`;
    if (known !== undefined && known !== storeId)
      throw new SettingsError([
        `MUSTER_DATA_DIR: ${directory} belongs to log ${known}, but MUSTER_EVENTSTORE_URL points to ${found}: ${REMEDY}`,
      ]);
    if (known === undefined && storeId === undefined && existsSync(join(directory, LOG_FILE)))
      throw new SettingsError([
        `MUSTER_DATA_DIR: ${directory} contains its own log (${LOG_FILE}), but MUSTER_EVENTSTORE_URL points to ${found}: export the local log and import it into that store, or ${REMEDY}`,
      ]);
  };
}

export function acceptEmbeddedLog(
  directory: string,
  { eventStoreAcceptOther }: Pick<EventLogSettings, 'eventStoreAcceptOther'>,
): void {
  const known = knownLog(directory);
  if (eventStoreAcceptOther || known === undefined || existsSync(join(directory, LOG_FILE))) return;
  throw new SettingsError([
    `MUSTER_EVENTSTORE_URL: is not set, but MUSTER_DATA_DIR ${directory} belongs to log ${known} in an event store: ${REMEDY}`,
  ]);
}

export function rememberLog(directory: string, storeId: string): void {
  if (knownLog(directory) !== storeId)
    writeFileSync(join(directory, FILE), `${JSON.stringify({ log: storeId })}\n`, { mode: 0o600 });
}

function knownLog(directory: string): string | undefined {
  try {
    const { log } = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as { readonly log?: unknown };
    return typeof log === 'string' ? log : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
