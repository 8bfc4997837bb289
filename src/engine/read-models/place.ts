import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';
import type { ModelStorage, ModelView } from './storage.js';

/** Where the read models are. Plain data, because threads receive it. */
export type ModelsPlace =
  | {
      readonly kind: 'sqlite';
      readonly directory: string;
      /** Whether the models retain history. Default: the file's current setting, or true for an empty file. */
      readonly history?: boolean;
      readonly historyDays?: number;
    }
  | {
      readonly kind: 'mongodb';
      readonly url: string;
      /** Id of the projector that stays the same across restarts, so that the successor of a killed projector need not wait. */
      readonly owner?: string;
    };

/** What a projector that waits for its turn knows of the models that another one fills. */
export interface Watched {
  readonly position: bigint;
  readonly caughtUp: boolean;
  readonly lagMs: number;
  readonly changed: ChangedModels;
}

export interface StorageOptions {
  readonly store: EventStore;
  readonly projections: readonly Projection[];
  readonly discard?: boolean;
  readonly signal?: StopSignal;
  readonly onStandby?: (watched: Watched) => void;
  readonly onLost?: () => void;
}

/** Opens the storage for an engine once no other engine uses it. Undefined if the signal aborts first. */
export type OpenStorage = (place: ModelsPlace, options: StorageOptions) => Promise<ModelStorage | undefined>;

/** The models while a different process fills them. `moves` is true if reads return the current state instead of a snapshot. */
export interface OpenedView {
  readonly view: ModelView;
  readonly moves: boolean;
}
