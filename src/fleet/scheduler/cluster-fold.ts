import type { Catalog } from '#domain/kernel/catalog/index.js';
import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { CLUSTER_STATE_EVENTS, ClusterState, evolveClusterState } from '#domain/scheduling/index.js';
import { decodePage } from '#src/engine/read-models/index.js';
import type { MarkInLog } from '#src/engine/snapshots/index.js';
import { EvaluationMeter } from './evaluation-meter.js';

/** Events in Muster's streams that a different program wrote. Every fold ignores them. */
export interface ForeignEvents {
  readonly count: number;
  readonly newest: string | null;
}

const NONE: ReadonlySet<RecordedEvent> = new Set();

export class ClusterFold {
  readonly state: ClusterState;
  bookmark: MarkInLog | undefined;
  /** Counted over the whole log: this fold reads all of it, and its snapshot includes the count. */
  foreign: ForeignEvents;
  /**
   * Number of Muster events after the latest event of the plan log. A plan records it as its basis. Undefined after a snapshot without it.
   */
  sincePlan: number | undefined;
  onPlanEvent: (id: string) => void = () => undefined;
  isOurs: (id: string) => boolean = () => false;
  readonly meter: EvaluationMeter;

  constructor(
    state = new ClusterState(),
    bookmark?: MarkInLog,
    foreign: ForeignEvents = { count: 0, newest: null },
    sincePlan: number | undefined = bookmark === undefined ? 0 : undefined,
  ) {
    this.state = state;
    this.bookmark = bookmark;
    this.foreign = foreign;
    this.sincePlan = sincePlan;
    this.meter = new EvaluationMeter(state);
  }

  /**
   * Folds events in log order. Throws `MUSTER_E_EVENT_UNKNOWN` for any event type that is unknown to this program, because the event may matter. The
   * fold is then unusable.
   * @param catalog all kinds of streams, because every event of Muster counts
   */
  fold(catalog: Catalog, page: readonly RecordedEvent[]): void {
    const { events, foreign, malformed, problem } = decodePage(catalog, page, CLUSTER_STATE_EVENTS);
    for (const event of events) {
      evolveClusterState(this.state, event);
      this.meter.saw(event, this.isOurs(event.id));
    }
    if (problem !== undefined) throw problem;
    const unread = malformed.filter(({ event }) => event.stream === SCHEDULER_STREAM);
    const skipped =
      foreign.length === 0 && unread.length === 0
        ? NONE
        : new Set([...foreign, ...unread.map(({ event }) => event)]);
    for (const event of page) this.#pass(event, skipped, catalog);
    const newest = foreign.at(-1);
    if (newest !== undefined || malformed.length > 0)
      this.foreign = {
        count: this.foreign.count + foreign.length + malformed.length,
        newest: malformed.at(-1)?.error.message ?? `${newest!.stream}@${newest!.revision}`,
      };
    const last = page.at(-1);
    if (last === undefined) return;
    this.bookmark = {
      position: last.position,
      id: last.id,
      previous: page.at(-2)?.position ?? this.bookmark?.position,
    };
  }

  #pass(event: RecordedEvent, foreign: ReadonlySet<RecordedEvent>, catalog: Catalog): void {
    const { stream, revision, id } = event;
    if (stream !== SCHEDULER_STREAM) {
      if (this.sincePlan !== undefined && catalog.isOwnStream(stream) && !foreign.has(event))
        this.sincePlan += 1;
      return;
    }
    this.sincePlan = 0;
    // A foreign event in the plan log still advances the expected revision of the next plan.
    this.state.planRevision = revision;
    this.onPlanEvent(id);
  }
}
