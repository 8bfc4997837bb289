import { MusterError } from '#domain/errors/index.js';
import { decode, definitionOf, SCHEDULER_STREAM, type EventMetadata } from '#domain/event/index.js';
import type { RecordedEvent } from '#domain/ports/event-store.js';
import { CLUSTER_STATE_EVENTS, ClusterState, evolveClusterState } from '#domain/scheduling/index.js';

/** The newest event that a fold has seen: where it goes on, and how it is known again. */
export interface Bookmark {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly id: string;
}

/** The one fold of a scheduler over $all. */
export class ClusterFold {
  readonly state: ClusterState;
  bookmark: Bookmark | undefined;
  /** Events folded since this was made. */
  folded = 0;
  /** Told of each event of the plan log. */
  onPlanEvent: (id: string) => void = () => undefined;

  constructor(state = new ClusterState(), bookmark?: Bookmark) {
    this.state = state;
    this.bookmark = bookmark;
  }

  /**
   * Folds events in the order of the log. Throws `MUSTER_E_EVENT_UNKNOWN` at the first that this program does not know, even where it
   * would have passed it by: what it means is not known either.
   */
  fold(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      if (CLUSTER_STATE_EVENTS.has(event.type)) evolveClusterState(this.state, decode(event));
      else checkKnown(event);
      if (event.stream === SCHEDULER_STREAM) this.onPlanEvent(event.id);
      this.folded += 1;
      const { stream, revision, position, id } = event;
      this.bookmark = { stream, revision, position, id };
    }
  }
}

function checkKnown(event: RecordedEvent): void {
  const definition = definitionOf(event.type);
  const { v } = JSON.parse(event.metadata) as EventMetadata;
  if (definition === undefined || v > definition.version) throw new MusterError('MUSTER_E_EVENT_UNKNOWN', { type: event.type, version: v });
}
