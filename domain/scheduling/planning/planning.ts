import type { ClusterState } from '../state/cluster-state.js';
import type { Draft } from './draft.js';
import type { QuotaExcess } from '../../accounts/quota/index.js';
import { quotaKey } from '../capacity/quota-ledger.js';
import { explain, type Explanation } from './reasons.js';
import { delays, isHeldBack, reservationOf, type Reservation } from './reservation.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';
import { groupUse, type ScheduledGroup, type ScheduledJob, type Slot } from '../state/scheduled-job.js';

/** Limited, because each reservation requires a scan of all nodes. */
const MAX_RESERVATIONS = 32;
const MAX_SCORED_NODES = 64;

export class Planning {
  readonly state: ClusterState;
  readonly draft: Draft;
  readonly now: number;
  readonly exhausted = new Set<Shape>();
  /** Shapes that fit only on reserved nodes. The value is the shortest time limit (ms, infinite if none) of a job that was kept off those nodes. */
  readonly heldBack = new Map<Shape, number>();
  readonly #whole = new Set<ScheduledJob>();
  #reservation: Reservation | undefined;
  #reservations = 1;
  readonly decided = new Set<ScheduledJob>();
  readonly found = new Int32Array(MAX_SCORED_NODES);
  /** Number of feasible nodes to score: max(2, ⌈log2 n⌉). */
  readonly window: number;
  readonly #toldExcess = new Set<string>();
  readonly #explanations = new Map<Shape, Explanation>();

  readonly chose: ((node: number, score: number) => void) | undefined;

  constructor(state: ClusterState, draft: Draft, now: number, chose?: (node: number, score: number) => void) {
    this.chose = chose;
    this.state = state;
    this.draft = draft;
    this.now = now;
    this.#reservation = reservationOf(state, now);
    this.window = Math.min(
      MAX_SCORED_NODES,
      Math.max(2, Math.ceil(Math.log2(Math.max(1, state.nodes.length)))),
    );
  }

  get reservation(): Reservation | undefined {
    return this.#reservation;
  }

  markFullyPlaced(job: ScheduledJob): void {
    if (this.#reservation === undefined) return;
    this.#whole.add(job);
    if (this.#reservation.job !== job) return;
    this.#reservation =
      this.#reservations < MAX_RESERVATIONS ? reservationOf(this.state, this.now, this.#whole) : undefined;
    this.#reservations += 1;
    this.heldBack.clear();
    this.#explanations.clear();
  }

  excluded(
    job: ScheduledJob,
    slot: Slot | undefined,
    { shape }: GroupSpecification,
    maxRunMs: number | undefined,
  ): ((node: number) => boolean) | undefined {
    const { reservation, state, now } = this;
    if (reservation === undefined || !isHeldBack(reservation, job, slot)) return undefined;
    const asked = maxRunMs === undefined ? { shape } : { shape, maxRunMs };
    return (node) => delays(reservation, state.ledger, node, asked, now);
  }

  /** Returns the first quota that one more instance of the group would exceed, or undefined if there is none. */
  excessOf(job: ScheduledJob, group: ScheduledGroup): QuotaExcess | undefined {
    if (job.owner === undefined || group.specification === undefined) return undefined;
    const counted = groupUse(job, group, group.specification.shape.demand);
    if (counted === undefined) return undefined;
    const { quotas, agenda } = this.state;
    return quotas.excessOf(counted, {
      totals: this.state.totals(),
      now: this.now,
      planned: this.draft.starts,
      isContested: (quota, holder) => agenda.tenants.isContested(quota, holder),
    });
  }

  reportExcess({ id, owner, cause }: ScheduledJob, excess: QuotaExcess): boolean {
    const key = quotaKey(excess);
    if (this.#toldExcess.has(key) || this.state.quotas.wasReported(key, this.now)) return true;
    const added = this.draft.add({
      type: 'QuotaExceeded',
      data: { ...excess, jobId: id, tenant: owner?.tenant ?? null },
      cause,
    });
    if (added) this.#toldExcess.add(key);
    return added;
  }

  get explanations(): number {
    return this.#explanations.size;
  }

  explanationOf(shape: Shape): Explanation {
    let explanation = this.#explanations.get(shape);
    if (explanation === undefined) {
      const { reservation, state, now } = this;
      explanation = explain(
        state,
        shape,
        (node) => reservation !== undefined && delays(reservation, state.ledger, node, { shape }, now),
      );
      this.#explanations.set(shape, explanation);
    }
    return explanation;
  }
}
