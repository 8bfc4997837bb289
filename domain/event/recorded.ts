import type { EventMetadata } from './metadata.js';

/** An event that has happened: what a fold sees. */
export type Recorded<Event> = Event & {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly metadata: EventMetadata;
  /** Bytes of its data and metadata as the log holds them. Known where pages of the log are folded into read models. */
  readonly bytes?: number;
};
