import type { Trigger } from '../plan-log/events.js';
import { Agenda } from './agenda.js';
import { Candidates } from './candidates.js';
import { Ledger, type LostHolding } from '../capacity/ledger.js';
import { SHARED_QUOTAS, type DefaultLimits } from '../../accounts/quota/index.js';
import { countedClaim } from '../../kernel/resources.js';
import { QuotaLedger, type ClusterTotals, type QuotaUse } from '../capacity/quota-ledger.js';
import { isAdmitted, type AdmittedNode, type Cause, type NodeFacts } from '../capacity/node-facts.js';
import type { LiveAllocation, ScheduledJob } from './scheduled-job.js';
import { ShapeTable } from '../feasibility/shape.js';

const COUNTED = [...SHARED_QUOTAS, 'gpus'] as const;

/** Its number in the ledger equals its index in {@link ClusterState.nodes}. */
export interface ScheduledNode {
  readonly id: string;
  readonly index: number;
  facts: NodeFacts | undefined;
  admitted: AdmittedNode | undefined;
  readonly allocations: Set<LiveAllocation>;
  readonly lost: Set<string>;
  /** Dynamic ports that a program outside Muster holds, with the time at which this was seen (ms since the epoch), oldest first. */
  readonly takenPorts: Map<number, number>;
  settled: boolean;
  open: boolean;
  cause: Cause;
}

/**
 * The scheduler's state, folded from the events of jobs, nodes, the plan log and the cluster in the order of $all (`evolveClusterState`). Only the
 * fold mutates it, in place for speed. JobFinished removes a job, so the size of the state depends only on active jobs and nodes. `agenda` and
 * `candidates` are indexes.
 */
export class ClusterState {
  ledger = new Ledger();
  shapes = new ShapeTable(this.ledger);
  nodes: ScheduledNode[] = [];
  readonly jobs = new Map<string, ScheduledJob>();
  readonly allocations = new Map<string, LiveAllocation>();
  readonly lost = new Map<string, LostHolding>();
  readonly quotas = new QuotaLedger();
  #totals: ClusterTotals | undefined;
  planRevision = -1;
  placements = 0;
  epoch = '';
  agenda = new Agenda(this.quotas);
  candidates = new Candidates(this.ledger, this);

  clear(): void {
    this.ledger = new Ledger();
    this.quotas.clear();
    this.#totals = undefined;
    this.shapes = new ShapeTable(this.ledger);
    this.nodes = [];
    this.jobs.clear();
    this.allocations.clear();
    this.lost.clear();
    this.agenda = new Agenda(this.quotas);
    this.candidates = new Candidates(this.ledger, this);
  }

  node(id: string, cause: Cause): ScheduledNode {
    const index = this.ledger.node(id);
    return (this.nodes[index] ??= {
      id,
      index,
      facts: undefined,
      admitted: undefined,
      allocations: new Set(),
      lost: new Set(),
      takenPorts: new Map(),
      settled: false,
      open: false,
      cause,
    });
  }

  /** Must be called when a node's facts or capacity change. */
  nodeChanged(index: number): void {
    const node = this.nodes[index];
    if (node === undefined) return;
    node.settled = node.facts !== undefined && isAdmitted(node.facts, node.admitted);
    node.open = node.settled && node.admitted?.schedulable === true;
    this.candidates.changed(index);
    this.#totals = undefined;
    this.agenda.quotaHasRoom(this.agenda.overQuota.keys());
    this.agenda.changes += 1;
    if (!node.settled) this.agenda.nodes.add(index);
    if (node.open) this.agenda.freed.add(index);
  }

  /** Applies the limits of the settings. */
  limitBy(quotas: DefaultLimits): void {
    this.quotas.limitBy(quotas, () => this.#counted());
  }

  *#counted(): Generator<QuotaUse> {
    for (const { counted } of this.allocations.values()) if (counted !== undefined) yield counted;
  }

  isOpen(node: number): boolean {
    return this.nodes[node]?.open === true;
  }

  totals(): ClusterTotals {
    return (this.#totals ??= this.#summed());
  }

  #summed(): ClusterTotals {
    const { ledger } = this;
    const totals = { slots: 0, cpu: 0, memory: 0, gpus: 0 };
    for (const { open, index, facts } of this.nodes) {
      if (!open) continue;
      // An operator who sets the slots of a node has confirmed them.
      const confirmed =
        facts?.slots === undefined ? facts?.confirmed : { ...facts.confirmed, slots: facts.slots };
      for (const quota of COUNTED)
        totals[quota] += countedClaim(quota, ledger.capacityOf(ledger[quota], index), confirmed);
    }
    return totals;
  }

  facts(node: number): NodeFacts | undefined {
    return this.nodes[node]?.facts;
  }
}

/** Puts everything on the agenda: at startup, after a snapshot is restored, and periodically. */
export function markEverything(state: ClusterState): void {
  const { agenda } = state;
  agenda.aside.clear();
  state.nodes.forEach((_node, index) => {
    agenda.nodes.add(index);
    agenda.freed.add(index);
  });
  for (const job of state.jobs.values()) agenda.jobs.add(job);
  for (const name of state.ledger.volumes.closings()) agenda.volumes.add(name);
  agenda.changes += 1;
}

export function addTrigger(job: ScheduledJob, trigger: Trigger): void {
  if (!JOB_TRIGGERS.has(trigger.kind) && job.pending.length >= MAX_NAMED_TRIGGERS) return;
  job.pending.push(trigger);
}

export const JOB_TRIGGERS: ReadonlySet<Trigger['kind']> = new Set([
  'job-submitted',
  'job-updated',
  'job-stopped',
  'job-restarted',
  'job-deleted',
]);
const MAX_NAMED_TRIGGERS = 100;
