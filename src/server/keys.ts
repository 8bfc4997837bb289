import type { Clock } from '#domain/kernel/ports/clock.js';
import { ownSecret } from '#src/accounts/index.js';
import type { Settings } from './settings/settings.js';
import { KEYS_FILE, openMongoKeys, openSqliteKeys, RootKey, Sealer } from '#src/engine/sealing/index.js';
import type { Closing } from './closing.js';

export interface Keys {
  readonly root: RootKey;
  readonly sealer: Sealer;
}

/** Opens the store of sealing keys: in MongoDB if set, so that all servers share it, else in the data directory. */
export async function openKeys(
  settings: Settings,
  directory: string,
  clock: Clock,
  closing: Closing,
): Promise<Keys> {
  const { mongodbUrl, dataKey } = settings;
  const root = new RootKey(dataKey ?? ownSecret(directory, 'data.key'));
  const keys = mongodbUrl === undefined ? openSqliteKeys(directory) : await openMongoKeys(mongodbUrl);
  closing.add('keys', async () => await keys.close());
  const sealer = await Sealer.open({
    keys,
    root,
    clock,
    store: mongodbUrl === undefined ? KEYS_FILE : 'the MongoDB database of keys',
  });
  return { root, sealer };
}
