import type { ClusterState } from '../state/cluster-state.js';
import type { Draft } from './draft.js';
import type { QuotaExcess } from '../../quota/index.js';
import { quotaUseOf, quotaKey } from '../capacity/quota-ledger.js';
import { explain, type Explanation } from './reasons.js';
import { delays, isHeldBack, reservationOf, type Reservation } from './reservation.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';
import type { ScheduledJob, Slot } from '../state/scheduled-job.js';

/** Reservations that one plan makes, at most: each costs a look at every node. */
const MAX_RESERVATIONS = 32;
/** How many nodes are scored for one placement, at most. */
const MAX_SCORED_NODES = 64;

/** What the making of one plan remembers, next to its draft. */
export class Planning {
  readonly state: ClusterState;
  readonly draft: Draft;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Shapes that fit nowhere any more: a plan only takes, so this holds until it is made. */
  readonly exhausted = new Set<Shape>();
  /** Shapes that fit on reserved nodes alone, and the shortest time limit (ms, infinite for none) with which one was held back from these. */
  readonly heldBack = new Map<Shape, number>();
  /** Jobs that this plan has found all their places for. */
  readonly #whole = new Set<ScheduledJob>();
  #reservation: Reservation | undefined;
  #reservations = 1;
  /** Jobs that this plan decides something of. The state does not know it yet. */
  readonly decided = new Set<ScheduledJob>();
  /** Nodes found for the placement at hand. */
  readonly found = new Int32Array(MAX_SCORED_NODES);
  /** So many feasible nodes are scored: max(2, ⌈log2 n⌉). */
  readonly window: number;
  readonly #toldExcess = new Set<string>();
  readonly #explanations = new Map<Shape, Explanation>();

  /** Told of each node that is chosen, and its score. */
  readonly chose: ((node: number, score: number) => void) | undefined;

  constructor(state: ClusterState, draft: Draft, now: number, chose?: (node: number, score: number) => void) {
    this.chose = chose;
    this.state = state;
    this.draft = draft;
    this.now = now;
    this.#reservation = reservationOf(state, now);
    this.window = Math.min(MAX_SCORED_NODES, Math.max(2, Math.ceil(Math.log2(Math.max(1, state.nodes.length)))));
  }

  get reservation(): Reservation | undefined {
    return this.#reservation;
  }

  /** The job has all its places. Where nodes were reserved for it, they are for the next in line. */
  markFullyPlaced(job: ScheduledJob): void {
    if (this.#reservation === undefined) return;
    this.#whole.add(job);
    if (this.#reservation.job !== job) return;
    this.#reservation = this.#reservations < MAX_RESERVATIONS ? reservationOf(this.state, this.now, this.#whole) : undefined;
    this.#reservations += 1;
    this.heldBack.clear();
    this.#explanations.clear();
  }

  /** Tells the nodes that an instance is held back from; undefined: there are none. */
  excluded(job: ScheduledJob, slot: Slot | undefined, { shape }: GroupSpecification, maxRunMs: number | undefined): ((node: number) => boolean) | undefined {
    const { reservation, state, now } = this;
    if (reservation === undefined || !isHeldBack(reservation, job, slot)) return undefined;
    const asked = maxRunMs === undefined ? { shape } : { shape, maxRunMs };
    return (node) => delays(reservation, state.ledger, node, asked, now);
  }

  /** The quota that one more allocation of the job's would pass; undefined: none. */
  excessOf({ id, owner }: Pick<ScheduledJob, 'id' | 'owner'>, { demand }: Shape): QuotaExcess | undefined {
    if (owner === undefined) return undefined;
    const counted = quotaUseOf(id, owner, demand.resources);
    return counted && this.state.quotas.excessOf(counted, this.state.totals(), this.now, this.draft.starts);
  }

  /** Says that a quota is exhausted, unless that was said within the minute. Returns false when the plan is full. */
  reportExcess({ id, owner, cause }: ScheduledJob, excess: QuotaExcess): boolean {
    const key = quotaKey(excess);
    if (this.#toldExcess.has(key) || this.state.quotas.wasReported(key, this.now)) return true;
    const added = this.draft.add({ type: 'QuotaExceeded', data: { ...excess, jobId: id, tenant: owner?.tenant ?? null }, cause });
    if (added) this.#toldExcess.add(key);
    return added;
  }

  /** How many shapes were explained: each costs a look at every node. */
  get explanations(): number {
    return this.#explanations.size;
  }

  /** Why the shape fits nowhere; looked into once a plan. */
  explanationOf(shape: Shape): Explanation {
    let explanation = this.#explanations.get(shape);
    if (explanation === undefined) {
      const { reservation, state, now } = this;
      explanation = explain(state, shape, (node) => reservation !== undefined && delays(reservation, state.ledger, node, { shape }, now));
      this.#explanations.set(shape, explanation);
    }
    return explanation;
  }
}
