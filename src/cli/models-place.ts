import type { ModelsPlace } from '#src/engine/read-models/index.js';
import { secretSetting } from '#src/server/index.js';

/** Where the read models are: what the option names, else what the settings of a server would. */
export function placeOfModels({
  dataDir,
  mongodb = secretSetting('MUSTER_MONGODB_URL'),
}: {
  readonly dataDir: string;
  readonly mongodb?: string;
}): ModelsPlace {
  return mongodb === undefined || mongodb === '' ? { kind: 'sqlite', directory: dataDir } : { kind: 'mongodb', url: mongodb };
}
