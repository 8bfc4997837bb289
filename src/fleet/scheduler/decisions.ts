import { LRUCache } from 'lru-cache';
import { type Catalog, catalogOf } from '#domain/kernel/catalog/index.js';
import { SCHEDULER_STREAM, type Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { planLog } from '#domain/scheduling/plan-log/stream.js';
import {
  explainBlocked,
  explainPlacement,
  PLAN_LIMITS,
  type BlockedGroup,
  type DecidedPlan,
  type ExplainOptions,
  type NodeSurvey,
  type PlacementExplanation,
  type PlanEvent,
} from '#domain/scheduling/index.js';
import type { ClusterFold } from './cluster-fold.js';
import { ClusterStates, type ClusterStatesOptions, type FoldTarget } from './cluster-states.js';

export interface DecisionsOptions extends ExplainOptions, ClusterStatesOptions {}

export interface DecisionQuestion {
  readonly revision: number;
  readonly nodes: number;
  readonly node?: string | undefined;
}

export type Decision = {
  /** False if an older release made the plan without recording its basis. Everything before the plan is then used. */
  readonly basisRecorded: boolean;
} & (
  | { readonly kind: 'placement'; readonly placement: PlacementExplanation }
  | { readonly kind: 'blocked'; readonly groups: readonly BlockedGroup[] }
);

const PLAN_LOG = catalogOf(planLog);
const CACHED_DECISIONS = 32;

interface Plan {
  readonly revision: number;
  readonly position: bigint;
  readonly basis: number | undefined;
  readonly rules: number;
  readonly events: readonly Recorded<PlanEvent>[];
}

/** Repeats decisions from the plan log, in the cluster state in which they were made. Ask one question at a time. */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #states: ClusterStates;
  readonly #cache = new LRUCache<number, Decision>({ max: CACHED_DECISIONS });

  constructor(options: DecisionsOptions) {
    this.#options = options;
    this.#states = new ClusterStates(options);
  }

  /**
   * Returns undefined if there is no placement or blocked evaluation at this revision. Throws `MUSTER_E_OVERLOADED` if the original state cannot be rebuilt in
   * time. The next call continues.
   */
  async explain({ revision, nodes, node }: DecisionQuestion): Promise<Decision | undefined> {
    let decision = this.#cache.get(revision);
    if (decision === undefined) {
      const plan = await this.#planOf(revision);
      decision = plan && (await this.#decide(plan));
      if (decision === undefined) return undefined;
      this.#cache.set(revision, decision);
    }
    return shortened(decision, nodes, node);
  }

  async #decide(plan: Plan): Promise<Decision | undefined> {
    const { portRange, reserves, quotas } = this.#options;
    const options = { portRange, reserves, quotas };
    const asked = plan.events.at(-1);
    if (asked?.type !== 'AllocationPlaced' && asked?.type !== 'EvaluationBlocked') return undefined;
    const state = await this.#states.before(basisOf(plan, this.#options.catalog));
    const decided: DecidedPlan = {
      now: asked.metadata.at,
      rules: plan.rules,
      earlier: plan.events.slice(0, -1),
    };
    const basisRecorded = plan.basis !== undefined;
    return asked.type === 'AllocationPlaced'
      ? { basisRecorded, kind: 'placement', placement: explainPlacement(state, asked.data, decided, options) }
      : { basisRecorded, kind: 'blocked', groups: explainBlocked(state, asked.data, decided, options) };
  }

  async #planOf(revision: number): Promise<Plan | undefined> {
    const events: Recorded<PlanEvent>[] = [];
    let first: RecordedEvent | undefined;
    reading: for await (const page of this.#options.store.readStream(SCHEDULER_STREAM, {
      direction: 'backwards',
      from: revision,
      limit: PLAN_LIMITS.maxEvents,
    })) {
      for (const recorded of page) {
        if (first === undefined && recorded.revision !== revision) return undefined;
        const event = PLAN_LOG.decodeOurs(recorded);
        if (event === undefined || (events[0] !== undefined && event.metadata.at !== events[0].metadata.at))
          break reading;
        first = recorded;
        events.unshift(event);
        if (event.metadata.basis !== undefined) break reading;
      }
    }
    if (first === undefined || events[0] === undefined) return undefined;
    const { basis, rules = 1 } = events[0].metadata;
    return { revision: first.revision, position: first.position, basis, rules, events };
  }
}

function basisOf(plan: Plan, all: Catalog): FoldTarget {
  return {
    end: plan.position,
    isBefore: (fold) => isBefore(fold, plan),
    lengthBefore: (fold, page) => lengthBefore(fold, plan, page, all),
  };
}

function isBefore({ state, sincePlan }: ClusterFold, { revision, basis }: Plan): boolean {
  if (basis === undefined || state.planRevision < revision - 1) return true;
  return state.planRevision === revision - 1 && sincePlan !== undefined && sincePlan <= basis;
}

function lengthBefore(fold: ClusterFold, plan: Plan, page: readonly RecordedEvent[], all: Catalog): number {
  let { planRevision } = fold.state;
  let since = fold.sincePlan ?? 0;
  for (const [index, event] of page.entries()) {
    if (event.position >= plan.position) return index;
    if (event.stream === SCHEDULER_STREAM) {
      planRevision = event.revision;
      since = 0;
    } else if (all.isOurs(event)) {
      if (plan.basis !== undefined && planRevision === plan.revision - 1 && since >= plan.basis) return index;
      since += 1;
    }
  }
  return page.length;
}

function shortened(decision: Decision, most: number, node: string | undefined): Decision {
  if (decision.kind === 'blocked')
    return {
      ...decision,
      groups: decision.groups.map(({ survey, ...group }) => ({
        ...group,
        ...(survey !== undefined && { survey: shortSurvey(survey, most, node) }),
      })),
    };
  const { survey, ...placement } = decision.placement;
  if (survey === undefined) return decision;
  return { ...decision, placement: { ...placement, survey: shortSurvey(survey, most, node) } };
}

function shortSurvey(survey: NodeSurvey, most: number, node: string | undefined): NodeSurvey {
  const verdicts = survey.verdicts.filter(({ nodeId }, index) => index < most || nodeId === node);
  return { ...survey, verdicts };
}
