import { SCHEDULER_STREAM } from '#domain/event/index.js';
import type { RecordedEvent } from '#domain/ports/event-store.js';
import { CLUSTER_STATE_EVENTS, ClusterState, evolveClusterState } from '#domain/scheduling/index.js';
import { decodePage } from '#src/engine/read-models/decoding.js';
import { EvaluationMeter } from './evaluation-meter.js';

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
  /** Whether the scheduler that this is the fold of has just appended the event. */
  isOurs: (id: string) => boolean = () => false;
  readonly meter: EvaluationMeter;

  constructor(state = new ClusterState(), bookmark?: Bookmark) {
    this.state = state;
    this.bookmark = bookmark;
    this.meter = new EvaluationMeter(state);
  }

  /**
   * Folds events in the order of the log. Throws `MUSTER_E_EVENT_UNKNOWN` when one of them is not known to this program, even where it
   * would have passed it by: what it means is not known either. The fold is of no use then.
   */
  fold(page: readonly RecordedEvent[]): void {
    const { events, problem } = decodePage(page, CLUSTER_STATE_EVENTS);
    for (const event of events) {
      evolveClusterState(this.state, event);
      this.meter.saw(event, this.isOurs(event.id));
    }
    if (problem !== undefined) throw problem;
    for (const { stream, id } of page) if (stream === SCHEDULER_STREAM) this.onPlanEvent(id);
    this.folded += page.length;
    const last = page.at(-1);
    if (last === undefined) return;
    const { stream, revision, position, id } = last;
    this.bookmark = { stream, revision, position, id };
  }
}
