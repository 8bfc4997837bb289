import type { ClusterState } from '../state/cluster-state.js';
import type { Draft } from './draft.js';
import { explain, type Explanation } from './reasons.js';
import type { Shape } from '../feasibility/shape.js';
import type { ScheduledJob } from '../state/scheduled-job.js';

/** How many nodes are scored for one placement, at most. */
const MOST_SCORED = 64;

/** What the making of one plan remembers, next to its draft. */
export class Planning {
  readonly state: ClusterState;
  readonly draft: Draft;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Shapes that fit nowhere any more: a plan only takes, so this holds until it is made. */
  readonly exhausted = new Set<Shape>();
  /** Jobs that this plan decides something of. The state does not know it yet. */
  readonly decided = new Set<ScheduledJob>();
  /** Nodes found for the placement at hand. */
  readonly found = new Int32Array(MOST_SCORED);
  /** So many feasible nodes are scored: max(2, ⌈log2 n⌉). */
  readonly window: number;
  readonly #explanations = new Map<Shape, Explanation>();

  /** Told of each node that is chosen, and its score. */
  readonly chose: ((node: number, score: number) => void) | undefined;

  constructor(state: ClusterState, draft: Draft, now: number, chose?: (node: number, score: number) => void) {
    this.chose = chose;
    this.state = state;
    this.draft = draft;
    this.now = now;
    this.window = Math.min(MOST_SCORED, Math.max(2, Math.ceil(Math.log2(Math.max(1, state.nodes.length)))));
  }

  /** How many shapes were explained: each costs a look at every node. */
  get explanations(): number {
    return this.#explanations.size;
  }

  /** Why the shape fits nowhere; looked into once a plan. */
  explanationOf(shape: Shape): Explanation {
    let explanation = this.#explanations.get(shape);
    if (explanation === undefined) {
      explanation = explain(this.state, shape);
      this.#explanations.set(shape, explanation);
    }
    return explanation;
  }
}
