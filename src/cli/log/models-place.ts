import type { ModelsPlace } from '#src/engine/read-models/index.js';
import { secretSetting } from '#src/engine/secret-file.js';

/** Returns the location of the read models, as set by the options, or else by the settings of a server. */
export function placeOfModels({
  dataDir,
  mongodb = secretSetting('MUSTER_MONGODB_URL'),
}: {
  readonly dataDir: string;
  readonly mongodb?: string;
}): ModelsPlace {
  return mongodb === undefined || mongodb === ''
    ? { kind: 'sqlite', directory: dataDir }
    : { kind: 'mongodb', url: mongodb };
}
