import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { FollowerState } from './follower.js';
import type { WitnessAddress } from './witness-protocol.js';
import type { WitnessState } from './witnesses.js';

export interface FollowerStart {
  readonly handle: EventStoreHandle;
  readonly directory: string;
  /** Categories of Muster's own streams, so that the thread need not load every event type. */
  readonly categories: readonly string[];
  readonly seed: Uint8Array;
  readonly witnesses: readonly WitnessAddress[];
  readonly quorum: number;
}

export type FollowerReport =
  /** `damaged` is the file to which a damaged tree was moved. Readers that have the previous file open must reopen it. */
  | { readonly kind: 'opened'; readonly damaged: string | undefined }
  | { readonly kind: 'progress'; readonly state: FollowerState }
  | { readonly kind: 'witnesses'; readonly states: readonly WitnessState[] }
  | { readonly kind: 'failed'; readonly problem: string };

export type FollowerOrder = 'stop';
