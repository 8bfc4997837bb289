import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { ErrorFields } from '#domain/errors/index.js';
import type { ChangedModels, Progress } from './engine.js';
import type { ModelsPlace } from './place.js';

/** What the projector's thread is started with. */
export interface ProjectorStart {
  readonly events: EventStoreHandle;
  readonly place: ModelsPlace;
}

/** To the projector's thread. */
export type ProjectorOrder =
  | { readonly kind: 'rebuild'; readonly model: string; readonly request: number }
  /** A reader found the file damaged: throw it away and begin anew. */
  | { readonly kind: 'damaged' }
  /** A reader waits for this position. */
  | { readonly kind: 'want'; readonly position: bigint }
  /** Say that you live. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'close' };

/** An error on its way between threads. */
export interface WireError {
  readonly message: string;
  readonly code?: string;
  readonly fields?: ErrorFields;
  readonly stack?: string;
}

/** From the projector's thread. */
export type ProjectorReport =
  /** The file is there and ours; readers of an older one must open it again. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'alive' }
  /** What it needs is away; it tries again by itself. */
  | { readonly kind: 'waiting'; readonly problem: string }
  | {
      readonly kind: 'progress';
      readonly progress: Progress;
      /** Since the report before. */
      readonly changed: ChangedModels;
      /** Another process fills the models, and this is what can be seen of it. */
      readonly watched: boolean;
      /** How old the newest event was when it was committed to the models, in milliseconds. */
      readonly lagMs: number;
    }
  | { readonly kind: 'rebuilt'; readonly request: number; readonly error?: WireError }
  /** It folds no more. */
  | { readonly kind: 'stopped'; readonly error: WireError };
