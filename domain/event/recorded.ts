import type { EventMetadata } from './metadata.js';

/** An event that has happened: what a fold sees. */
export type Recorded<Event> = Event & {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly metadata: EventMetadata;
};
