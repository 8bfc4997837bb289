import type { RecordedMusterEvent } from '../../event-types/registry.js';
import { allocationIdOf } from '../allocation-id.js';
import type { Finding } from './finding.js';
import { NodeLedger, type HeldAllocation } from './node-ledger.js';
import type { PlanEvent } from '../../plan-log/events.js';

export type { Finding } from './finding.js';

type Data<Type extends PlanEvent['type']> = Extract<PlanEvent, { type: Type }>['data'];

/** The types of event that the check looks at. */
export const PLAN_LOG_EVENTS: readonly RecordedMusterEvent['type'][] = [
  'NodeCapacitySet',
  'AllocationPlaced',
  'AllocationStopRequested',
  'AllocationReleased',
  'VolumeDropped',
  'JobFinished',
  'ClusterCleared',
  'LogEpochBegan',
  'AllocationCompleted',
  'AllocationFailed',
  'AllocationStopped',
  'AllocationLost',
];
/** The streams that they are in. */
export const PLAN_LOG_STREAM_PREFIXES: readonly string[] = ['scheduler', 'cluster', 'node-'];

const MAX_FINDINGS = 1000;
/** So many clears may follow each other while one plan is under way. */
const MAX_FORMER = 16;

/**
 * Checks the plan log, every prefix of it, from its own events and from what nodes said about ends:
 *
 * - `plan-log.capacity`: when an allocation is placed, all that is held on its node (what is stopping included) fits into the node's
 *   capacity in every resource; its host ports and GPU devices are held by nobody else; its
 *   volumes are on that node, and nobody holds them unless all of them only read; the node was schedulable;
 * - `plan-log.volume`: a volume that is let go of is held by nobody;
 * - `plan-log.shrink`: when a capacity is set, all that is held there and was not asked to stop before fits into it;
 * - `plan-log.lost`: a volume, host port or GPU device of a lost allocation is not reassigned on that node until the node has reported that the
 *   allocation ended: it may still run there;
 * - `plan-log.slot`: when an allocation is placed, its slot holds no other. (Loss is the one overlap that can be: on another node what was lost
 *   has a successor at once);
 * - `plan-log.allocation`: an allocation is placed once, under the id that follows from its slot, its attempt and an epoch of the log; attempts of a slot rise within
 *   a version, versions never fall; it is asked to stop at most once, and released exactly once, after it was placed;
 * - `plan-log.epoch`: a node's epochs never fall, and a placement names the one that holds.
 *
 * ClusterCleared drops everything. A plan that was under way then may still be appended behind it; what it placed on a
 * node that was not admitted since is checked against what held before, and so is what it released.
 */
export class PlanLogCheck {
  readonly findings: Finding[] = [];
  #now = new Generation();
  /** Newest first. */
  #former: Generation[] = [];
  /** The epochs that an id may be made of: the present one, and those before it, whose plans may still be under way when the next begins. */
  readonly #epochs = [''];

  fold(event: RecordedMusterEvent): void {
    const report = (check: string, detail: string): void => {
      if (this.findings.length < MAX_FINDINGS)
        this.findings.push({ check: `plan-log.${check}`, subject: `${event.type} at revision ${event.revision} of ${event.stream}`, detail });
    };
    switch (event.type) {
      case 'NodeCapacitySet':
        return this.#now.nodes.setCapacity(event.data, report);
      case 'AllocationPlaced':
        return this.#generationOf(event.data.nodeId).place(event.data, this.#epochs, report);
      case 'AllocationStopRequested':
        return this.#holderOf(event.data.allocationId).requestStop(event.data, report);
      case 'AllocationReleased':
        return this.#holderOf(event.data.allocationId).release(event.data, report);
      case 'VolumeDropped':
        return this.#now.nodes.dropVolume(event.data.name, report);
      case 'AllocationCompleted':
      case 'AllocationFailed':
      case 'AllocationStopped':
      case 'AllocationLost':
        return this.#now.end(event.data);
      case 'JobFinished':
        return this.#now.finish(event.data, report);
      case 'ClusterCleared':
        this.#former = [this.#now, ...this.#former].slice(0, MAX_FORMER);
        this.#now = new Generation();
        return;
      case 'LogEpochBegan':
        this.#epochs.unshift(event.data.logEpoch);
        return;
      default:
    }
  }

  #generationOf(nodeId: string): Generation {
    return this.#generations().find((generation) => generation.nodes.has(nodeId)) ?? this.#now;
  }

  #holderOf(allocationId: string): Generation {
    return this.#generations().find((generation) => generation.live.has(allocationId)) ?? this.#now;
  }

  #generations(): readonly Generation[] {
    return this.#former.length === 0 ? [this.#now] : [this.#now, ...this.#former];
  }
}

type Report = (check: string, detail: string) => void;

interface Attempt {
  readonly version: number;
  readonly attempt: number;
  /** Of the allocation that holds the slot. */
  holder: string | undefined;
}

/** What holds between two clears. */
class Generation {
  readonly nodes = new NodeLedger();
  readonly live = new Map<string, { readonly held: HeldAllocation; readonly jobId: string; readonly slot: string }>();
  /** By job, then by group and slot. */
  readonly #attempts = new Map<string, Map<string, Attempt>>();

  place(data: Data<'AllocationPlaced'>, epochs: readonly string[], report: Report): void {
    const { allocationId, jobId, jobVersion, group, attempt, nodeId } = data;
    if (this.live.has(allocationId)) report('allocation', `${allocationId} was placed before`);
    if (!epochs.some((epoch) => allocationId === allocationIdOf(jobId, jobVersion, group, data.slot, attempt, epoch)))
      report('allocation', `${allocationId} is not the id of its slot and attempt`);
    const slot = `${group}/${data.slot}`;
    let slots = this.#attempts.get(jobId);
    if (slots === undefined) this.#attempts.set(jobId, (slots = new Map()));
    const former = slots.get(slot);
    if (former?.holder !== undefined) report('slot', `slot ${slot} of ${jobId} still holds ${former.holder}`);
    if (former !== undefined && (jobVersion < former.version || (jobVersion === former.version && attempt <= former.attempt))) {
      report('allocation', `attempt ${attempt} of version ${jobVersion} follows attempt ${former.attempt} of version ${former.version}`);
    }
    slots.set(slot, { version: jobVersion, attempt, holder: allocationId });
    this.live.set(allocationId, { held: this.nodes.place(nodeId, data, report), jobId, slot });
  }

  requestStop({ allocationId }: Data<'AllocationStopRequested'>, report: Report): void {
    const held = this.live.get(allocationId)?.held;
    if (held === undefined) report('allocation', `${allocationId} is asked to stop but not held`);
    else if (held.stopping) report('allocation', `${allocationId} was asked to stop before`);
    else held.stopping = true;
  }

  release({ allocationId, outcome }: Data<'AllocationReleased'>, report: Report): void {
    const live = this.live.get(allocationId);
    if (live === undefined) return report('allocation', `${allocationId} is released but not held`);
    this.live.delete(allocationId);
    this.nodes.release(live.held);
    if (outcome === 'lost' && !live.held.ended) this.nodes.lose(allocationId, live.held);
    const slot = this.#attempts.get(live.jobId)?.get(live.slot);
    if (slot?.holder === allocationId) slot.holder = undefined;
  }

  /** What its node says of an allocation that neither is held nor was lost is no news. */
  end({ allocationId, nodeId }: { readonly allocationId: string; readonly nodeId: string }): void {
    if (this.nodes.lostEnded(nodeId, allocationId)) return;
    const held = this.live.get(allocationId)?.held;
    if (held !== undefined) held.ended = true;
  }

  finish({ jobId }: Data<'JobFinished'>, report: Report): void {
    const slots = this.#attempts.get(jobId);
    const holding = [...(slots?.values() ?? [])].find((slot) => slot.holder !== undefined);
    if (holding !== undefined) report('slot', `${jobId} is finished but holds ${holding.holder}`);
    else this.#attempts.delete(jobId);
  }
}
