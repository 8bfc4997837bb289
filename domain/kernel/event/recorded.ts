import type { EventMetadata } from './metadata.js';

export type Recorded<Event> = Event & {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly metadata: EventMetadata;
  /** Size of the event's data and metadata in the log, in bytes. Known only while read models are folded. */
  readonly bytes?: number;
};
