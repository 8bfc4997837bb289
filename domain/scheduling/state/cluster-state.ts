import type { Trigger } from '../../plan-log/events.js';
import { Agenda } from './agenda.js';
import { Candidates } from './candidates.js';
import { Ledger, type LostHolding } from '../capacity/ledger.js';
import { QuotaLedger, type ClusterTotals } from '../capacity/quota-ledger.js';
import { isAdmitted, type AdmittedNode, type Cause, type NodeFacts } from '../capacity/node-facts.js';
import type { LiveAllocation, ScheduledJob } from './scheduled-job.js';
import { ShapeTable } from '../feasibility/shape.js';

/** A node as the scheduler knows it. Its number in the ledger is its index in {@link ClusterState.nodes}. */
export interface ScheduledNode {
  readonly id: string;
  /** Its number in the ledger. */
  readonly index: number;
  /** Undefined: only the plan log speaks of it, not its own stream (or what its stream said was cleared). */
  facts: NodeFacts | undefined;
  admitted: AdmittedNode | undefined;
  readonly allocations: Set<LiveAllocation>;
  /** Ids of lost allocations that it may still run, in the order in which they were lost. */
  readonly lost: Set<string>;
  /** The plan log says of it what its facts say. */
  settled: boolean;
  /** Settled, and new work may come. */
  open: boolean;
  cause: Cause;
}

/**
 * What there is to schedule, and where: a fold over the events of jobs, nodes, the plan log and the cluster, in the
 * order of $all (`evolveClusterState`). For speed the fold changes these maps in place; nobody else does. What is finished
 * leaves with JobFinished, so its size follows what is alive, not what ever was.
 *
 * `agenda` and `candidates` are not state but indexes into it.
 */
export class ClusterState {
  ledger = new Ledger();
  shapes = new ShapeTable(this.ledger);
  nodes: ScheduledNode[] = [];
  readonly jobs = new Map<string, ScheduledJob>();
  readonly allocations = new Map<string, LiveAllocation>();
  /** What was released as lost and may still run: it holds what it had on its node until the node says that it has ended. */
  readonly lost = new Map<string, LostHolding>();
  /** What tenants and accounts hold, and how much they may. */
  readonly quotas = new QuotaLedger();
  #totals: ClusterTotals | undefined;
  /** Revision of the newest event of the plan log; −1 for none. */
  planRevision = -1;
  /** How many placements were folded. */
  placements = 0;
  /** The life that the log is in, which new ids are made of; empty in its first. */
  epoch = '';
  agenda = new Agenda();
  candidates = new Candidates(this.ledger, this);

  /** Drops everything but the place in the plan log and the log's epoch. */
  clear(): void {
    this.ledger = new Ledger();
    this.quotas.clear();
    this.#totals = undefined;
    this.shapes = new ShapeTable(this.ledger);
    this.nodes = [];
    this.jobs.clear();
    this.allocations.clear();
    this.lost.clear();
    this.agenda = new Agenda();
    this.candidates = new Candidates(this.ledger, this);
  }

  /** The node of that id; an unknown one is added, without facts or capacity. */
  node(id: string, cause: Cause): ScheduledNode {
    const index = this.ledger.node(id);
    return (this.nodes[index] ??= {
      id,
      index,
      facts: undefined,
      admitted: undefined,
      allocations: new Set(),
      lost: new Set(),
      settled: false,
      open: false,
      cause,
    });
  }

  /** To be called when a node's facts or capacity have changed. */
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

  /** May new work be placed on the node: do its facts say so, and has the plan log admitted exactly these? */
  isOpen(node: number): boolean {
    return this.nodes[node]?.open === true;
  }

  /** What the nodes have together where new work may come. */
  totals(): ClusterTotals {
    return (this.#totals ??= this.#summed());
  }

  #summed(): ClusterTotals {
    const { ledger } = this;
    const totals = { slots: 0, cpu: 0, memory: 0 };
    for (const { open, index } of this.nodes) {
      if (!open) continue;
      totals.slots += ledger.capacityOf(ledger.slots, index);
      totals.cpu += ledger.capacityOf(ledger.cpu, index);
      totals.memory += ledger.capacityOf(ledger.memory, index);
    }
    return totals;
  }

  facts(node: number): NodeFacts | undefined {
    return this.nodes[node]?.facts;
  }
}

/** Puts everything on the agenda: on start, after a snapshot, and now and then. */
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

/** Adds a trigger. Of a job's ended allocations only so many are named: the next evaluation looks at all slots anyway. */
export function addTrigger(job: ScheduledJob, trigger: Trigger): void {
  if (!JOB_TRIGGERS.has(trigger.kind) && job.pending.length >= MAX_NAMED_TRIGGERS) return;
  job.pending.push(trigger);
}

export const JOB_TRIGGERS: ReadonlySet<Trigger['kind']> = new Set(['job-submitted', 'job-updated', 'job-stopped', 'job-restarted', 'job-deleted']);
const MAX_NAMED_TRIGGERS = 100;
