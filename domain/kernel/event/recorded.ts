import type { EventMetadata } from './metadata.js';

export type Recorded<Event> = Event & {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly metadata: EventMetadata;
  /** Size in bytes of its data and metadata in the log. Only known while read models are folded. */
  readonly bytes?: number;
};
