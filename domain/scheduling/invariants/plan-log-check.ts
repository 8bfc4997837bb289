import { ALLOCATION_ENDS } from '../../allocations/index.js';
import { clusterEvents } from '../../cluster/events.js';
import { only, type RecordedOf } from '../../kernel/event/definition.js';
import { nodeEvents } from '../../nodes/node/events.js';
import { allocationIdOf } from '../allocation-id.js';
import type { Finding } from '../../kernel/finding.js';
import { NodeLedger, type HeldAllocation } from './node-ledger.js';
import { planEvents, type PlanEvent } from '../plan-log/events.js';

type Data<Type extends PlanEvent['type']> = Extract<PlanEvent, { type: Type }>['data'];

export const PLAN_LOG_EVENTS = {
  ...only(
    planEvents,
    'NodeCapacitySet',
    'AllocationPlaced',
    'AllocationStopRequested',
    'AllocationReleased',
    'VolumeDropped',
    'JobFinished',
  ),
  ...only(clusterEvents, 'ClusterCleared', 'LogEpochBegan'),
  ...only(nodeEvents, ...ALLOCATION_ENDS),
};
export const PLAN_LOG_STREAM_PREFIXES: readonly string[] = ['scheduler', 'cluster', 'node-'];

const MAX_FINDINGS = 1000;
/** Maximum number of clears while one plan is in progress. */
const MAX_FORMER = 16;

/**
 * Checks every prefix of the plan log against its own events and the ends that nodes reported:
 * - `plan-log.capacity`: a placement fits the node together with everything held there, its ports, devices and volumes are free, and
 *   the node is schedulable.
 * - `plan-log.volume`: a dropped volume has no holder.
 * - `plan-log.shrink`: a new capacity is enough for all allocations whose stop has not been requested yet.
 * - `plan-log.lost`: volumes, ports and devices of a lost allocation are not reassigned on its node before the node reports the end.
 * - `plan-log.slot`: a slot holds at most one allocation.
 * - `plan-log.allocation`: an allocation is placed once, with the id of its slot, attempt and epoch. Attempts rise within a version,
 *   and versions never fall. Its stop is requested at most once, and it is released exactly once.
 * - `plan-log.epoch`: a node's epochs never fall, and placements contain the current epoch.
 *
 * ClusterCleared drops everything. A plan in progress may still be appended after this event, and is checked against the state before the event.
 */
export class PlanLogCheck {
  readonly findings: Finding[] = [];
  #now = new Generation();
  #former: Generation[] = [];
  readonly #epochs = [''];

  fold(event: RecordedOf<typeof PLAN_LOG_EVENTS>): void {
    const report = (check: string, detail: string): void => {
      if (this.findings.length < MAX_FINDINGS)
        this.findings.push({
          check: `plan-log.${check}`,
          subject: `${event.type} at revision ${event.revision} of ${event.stream}`,
          detail,
        });
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
  holder: string | undefined;
}

class Generation {
  readonly nodes = new NodeLedger();
  readonly live = new Map<
    string,
    { readonly held: HeldAllocation; readonly jobId: string; readonly slot: string }
  >();
  readonly #attempts = new Map<string, Map<string, Attempt>>();

  place(data: Data<'AllocationPlaced'>, epochs: readonly string[], report: Report): void {
    const { allocationId, jobId, jobVersion, group, attempt, nodeId } = data;
    if (this.live.has(allocationId)) report('allocation', `${allocationId} was placed before`);
    if (
      !epochs.some(
        (epoch) => allocationId === allocationIdOf(jobId, jobVersion, group, data.slot, attempt, epoch),
      )
    )
      report('allocation', `${allocationId} is not the id of its slot and attempt`);
    const slot = `${group}/${data.slot}`;
    let slots = this.#attempts.get(jobId);
    if (slots === undefined) this.#attempts.set(jobId, (slots = new Map()));
    const former = slots.get(slot);
    if (former?.holder !== undefined) report('slot', `slot ${slot} of ${jobId} still holds ${former.holder}`);
    if (
      former !== undefined &&
      (jobVersion < former.version || (jobVersion === former.version && attempt <= former.attempt))
    ) {
      report(
        'allocation',
        `attempt ${attempt} of version ${jobVersion} follows attempt ${former.attempt} of version ${former.version}`,
      );
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
