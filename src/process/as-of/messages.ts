import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { DecisionSettings } from '#src/fleet/scheduler/index.js';
import type { ServerParts } from '../http/server.js';

export interface AsOfStart {
  readonly handle: EventStoreHandle;
  readonly directory: string;
  /** Directory of the read models with history. */
  readonly models: string;
  /** URL of the MongoDB database that holds the sealing keys. If undefined, the keys are in `directory`. */
  readonly mongodbUrl: string | undefined;
  readonly settings: ServerParts['settings'];
  readonly scheduling: DecisionSettings;
  /** Root of all keys. If undefined, it is read from its file in the data directory. */
  readonly dataKey: Uint8Array | undefined;
}
