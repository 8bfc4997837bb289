import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { CLUSTER_STATE_EVENTS, ClusterState, evolveClusterState } from '#domain/scheduling/index.js';
import { decodePage } from '#src/engine/read-models/index.js';
import type { MarkInLog } from '#src/engine/snapshots/index.js';
import { EvaluationMeter } from './evaluation-meter.js';

/** Events in Muster's streams that another program wrote; every fold ignores them. */
export interface ForeignEvents {
  readonly count: number;
  /** The newest one as `stream@revision`; null if there is none. */
  readonly newest: string | null;
}

export class ClusterFold {
  readonly state: ClusterState;
  bookmark: MarkInLog | undefined;
  /** Counted over the whole log, because this fold reads all of it, and its snapshot includes the count. */
  foreign: ForeignEvents;
  onPlanEvent: (id: string) => void = () => undefined;
  isOurs: (id: string) => boolean = () => false;
  readonly meter: EvaluationMeter;

  constructor(
    state = new ClusterState(),
    bookmark?: MarkInLog,
    foreign: ForeignEvents = { count: 0, newest: null },
  ) {
    this.state = state;
    this.bookmark = bookmark;
    this.foreign = foreign;
    this.meter = new EvaluationMeter(state);
  }

  /**
   * Folds events in the order of the log. Throws `MUSTER_E_EVENT_UNKNOWN` for an event type that this program does not know, even one that it would
   * not use, because its meaning is unknown. The fold is then unusable.
   */
  fold(page: readonly RecordedEvent[]): void {
    const { events, foreign, problem } = decodePage(page, CLUSTER_STATE_EVENTS);
    for (const event of events) {
      evolveClusterState(this.state, event);
      this.meter.saw(event, this.isOurs(event.id));
    }
    if (problem !== undefined) throw problem;
    for (const event of page) this.#pass(event);
    const newest = foreign.at(-1);
    if (newest !== undefined)
      this.foreign = {
        count: this.foreign.count + foreign.length,
        newest: `${newest.stream}@${newest.revision}`,
      };
    const last = page.at(-1);
    if (last === undefined) return;
    this.bookmark = {
      position: last.position,
      id: last.id,
      previous: page.at(-2)?.position ?? this.bookmark?.position,
    };
  }

  #pass({ stream, revision, id }: RecordedEvent): void {
    if (stream !== SCHEDULER_STREAM) return;
    // A foreign event in the plan log still moves the expected revision of the next plan.
    this.state.planRevision = revision;
    this.onPlanEvent(id);
  }
}
