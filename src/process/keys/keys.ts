import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import { ownSecret } from '#src/accounts/index.js';
import { KEYS_FILE, openMongoKeys, openSqliteKeys, RootKey, Sealer } from '#src/engine/sealing/index.js';
import { processIds } from '../host/process-ids.js';
import { retryWhileUnavailable } from '../host/retry.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import type { EventStoreListen } from '../event-log/listen-settings.js';
import type { ReadSideSettings } from '../read-side/settings.js';
import type { KeySettings } from './settings.js';
import { checkSharedKeys } from './shared-keys.js';

export interface Keys {
  readonly root: RootKey;
  readonly sealer: Sealer;
}

type PartSettings = KeySettings &
  ReadSideSettings & { readonly eventStoreListen: EventStoreListen | undefined };

/** Opens the store of sealing keys: in MongoDB if configured, so that all servers share it, otherwise in the data directory. */
export async function openKeys(host: ServerHost, settings: PartSettings, events: EventLog): Promise<Keys> {
  const { mongodbUrl, dataKey, eventStoreListen } = settings;
  const { directory, clock, log } = host;
  const root = new RootKey(dataKey ?? ownDataKey(directory, mongodbUrl === undefined));
  const keys = mongodbUrl === undefined ? openSqliteKeys(directory) : await openMongoKeys(mongodbUrl);
  host.onClose('keys', async () => await keys.close());
  const sealer = await Sealer.open({
    keys,
    root,
    clock,
    store: mongodbUrl === undefined ? KEYS_FILE : 'the MongoDB database of keys',
  });
  const isShared = !events.exclusive || eventStoreListen !== undefined;
  const shared = { store: events.store, isShared, directory };
  const check = await retryWhileUnavailable(clock)(
    async () => await checkSharedKeys(sealer, shared, { clock, ids: processIds }, log),
  );
  host.check(() => check);
  return { root, sealer };
}

/** Throws instead of creating a key that could not decrypt the keys that are there. */
function ownDataKey(directory: string, hasKeys: boolean): Buffer {
  if (hasKeys && existsSync(join(directory, KEYS_FILE)) && !existsSync(join(directory, 'data.key')))
    throw new SettingsError([
      `MUSTER_DATA_KEY: ${join(directory, 'data.key')} is missing, and ${KEYS_FILE} cannot be read without it: put it back, or set MUSTER_DATA_KEY to its content`,
    ]);
  return ownSecret(directory, 'data.key');
}
