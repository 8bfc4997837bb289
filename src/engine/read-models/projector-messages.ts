import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { DeclaredError, ErrorFields } from '#domain/kernel/errors/index.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';
import type { Progress } from './engine.js';
import type { ModelsPlace } from './place.js';

export interface ProjectorStart {
  readonly events: EventStoreHandle;
  readonly place: ModelsPlace;
}

export type ProjectorOrder =
  | { readonly kind: 'rebuild'; readonly model: string; readonly request: number }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'want'; readonly position: bigint }
  | { readonly kind: 'ask' }
  | { readonly kind: 'close' };

export interface WireError {
  /** The error's row, if it is one of Muster's. */
  readonly declared?: DeclaredError;
  readonly message: string;
  readonly code?: string;
  readonly fields?: ErrorFields;
  readonly stack?: string;
}

export type ProjectorReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'alive' }
  /** A dependency is unavailable. The thread retries automatically. */
  | { readonly kind: 'waiting'; readonly problem: string }
  | {
      readonly kind: 'progress';
      readonly progress: Progress;
      readonly changed: ChangedModels;
      readonly watched: boolean;
      /** Age of the newest event when it was committed to the models, in milliseconds. */
      readonly lagMs: number;
    }
  | { readonly kind: 'rebuilt'; readonly request: number; readonly error?: WireError }
  | { readonly kind: 'stopped'; readonly error: WireError };
