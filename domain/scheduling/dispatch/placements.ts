import { ALLOCATION_ENDS } from '../../allocations/index.js';
import { clusterEvents } from '../../cluster/events.js';
import { DOCKER_FAULT, GPU_FAULT } from '../../drivers/start-fault.js';
import { only, type RecordedOf } from '../../kernel/event/definition.js';
import { nodeEvents, type NodeEvent } from '../../nodes/node/events.js';
import { planEvents } from '../plan-log/events.js';
import { MAX_LOST_ALLOCATIONS } from '../plan-log/lost-allocations.js';
import {
  NODE_FAULTS,
  PlacedNode,
  Placement,
  type FormerNode,
  type NodeFault,
  type Orphan,
} from './placement.js';
import type { PlacedNodeRecord, PlacementsRecord } from './snapshot.js';

const FAULT_ATTRIBUTES: Readonly<Record<NodeFault, string>> = { containers: DOCKER_FAULT, gpus: GPU_FAULT };

export const PLACEMENT_EVENTS = {
  ...only(
    nodeEvents,
    'NodeRegistered',
    'NodeHeartbeatReceived',
    'NodeWentDown',
    'NodeCameBack',
    'NodeRemoved',
    'AllocationAccepted',
    'AllocationStarted',
    ...ALLOCATION_ENDS,
  ),
  ...only(planEvents, 'AllocationPlaced', 'AllocationStopRequested', 'AllocationReleased'),
  ...only(clusterEvents, 'ClusterCleared'),
};

/** The effect of one event. `heard` means that the event proves that the node was alive when it was written. */
export type PlacementChange =
  | { readonly kind: 'node'; readonly nodeId: string; readonly heard: boolean }
  | { readonly kind: 'allocation'; readonly nodeId: string; readonly allocationId: string }
  | { readonly kind: 'cleared' };

/**
 * Which allocations should run where, folded from the plan log, the nodes' streams and `ClusterCleared`. An allocation is retained until the plan log
 * releases it. An allocation that was lost with its node is retained until it has been stopped there. Mutated in place, because every event of the
 * log is folded.
 */
export class Placements {
  readonly nodes = new Map<string, PlacedNode>();
  readonly orphans = new Map<string, Orphan>();
  /** The latest epoch that each node had before the last clear. Needed because epochs are never reused. */
  readonly formerEpochs = new Map<string, number>();
  readonly #names = new SharedNames();

  get size(): number {
    let size = 0;
    for (const node of this.nodes.values()) size += node.allocations.size;
    return size;
  }

  apply(event: RecordedOf<typeof PLACEMENT_EVENTS>): PlacementChange | undefined {
    switch (event.type) {
      case 'NodeRegistered':
        return this.#register(event.data);
      case 'NodeHeartbeatReceived':
        return this.nodes.has(event.data.nodeId)
          ? { kind: 'node', nodeId: event.data.nodeId, heard: true }
          : undefined;
      case 'NodeWentDown':
      case 'NodeCameBack': {
        const { nodeId } = event.data;
        const node = this.nodes.get(nodeId);
        if (node === undefined) return undefined;
        node.down = event.type === 'NodeWentDown';
        return { kind: 'node', nodeId, heard: !node.down };
      }
      case 'NodeRemoved': {
        const { nodeId } = event.data;
        const node = this.nodes.get(nodeId);
        if (node === undefined) return undefined;
        if (node.allocations.size > 0) node.down = true;
        else this.nodes.delete(nodeId);
        return { kind: 'node', nodeId, heard: false };
      }
      case 'AllocationPlaced': {
        const { allocationId, jobId, jobVersion, group, slot, nodeId, gpuDevices, assignedPorts } =
          event.data;
        const node = this.#node(nodeId);
        const [job, name, placedAt] = [this.#names.job(jobId), this.#names.group(group), event.metadata.at];
        const placement = new Placement(
          allocationId,
          job,
          jobVersion,
          name,
          slot,
          gpuDevices,
          assignedPorts,
          placedAt,
          event.revision,
        );
        node.allocations.set(allocationId, placement);
        node.wantedVersion += 1;
        return { kind: 'allocation', nodeId, allocationId };
      }
      case 'AllocationAccepted':
        return this.#change(event.data, (placement) => (placement.accepted = true));
      case 'AllocationStarted':
        return this.#start(event.data);
      case 'AllocationStopRequested':
        return this.#change(event.data, (placement) => (placement.stopRequested = true));
      case 'AllocationCompleted':
      case 'AllocationFailed':
      case 'AllocationStopped':
      case 'AllocationLost':
        return this.#end(event.data);
      case 'AllocationReleased':
        return this.#release(event.data);
      case 'ClusterCleared':
        this.#clear();
        return { kind: 'cleared' };
    }
  }

  #register({
    nodeId,
    epoch,
    endpoint,
    protocol,
    address,
    ipAddress,
    attributes,
  }: Extract<NodeEvent, { type: 'NodeRegistered' }>['data']): PlacementChange {
    const node = this.#node(nodeId);
    Object.assign(node, { epoch, endpoint, protocol, address, ipAddress, down: false });
    node.faults = NODE_FAULTS.filter((fault) => attributes[FAULT_ATTRIBUTES[fault]] !== undefined);
    this.nodes.delete(nodeId);
    this.nodes.set(nodeId, node);
    return { kind: 'node', nodeId, heard: true };
  }

  /** Restores one record of a snapshot. All records must be restored before the first event. */
  restore(record: PlacementsRecord): void {
    switch (record.kind) {
      case 'node':
        return this.#restoreNode(record);
      case 'orphan':
        this.orphans.set(record.orphan.allocationId, record.orphan);
        return;
      case 'former':
        this.formerEpochs.set(record.nodeId, record.epoch);
    }
  }

  #restoreNode({
    nodeId,
    epoch,
    endpoint,
    protocol,
    address,
    ipAddress,
    faults = [],
    down,
    hasRun,
    wantedVersion,
    allocations,
    lingering,
  }: PlacedNodeRecord): void {
    const node = this.#node(nodeId);
    Object.assign(node, {
      epoch,
      endpoint,
      protocol,
      address,
      ipAddress,
      faults,
      down,
      hasRun,
      wantedVersion,
    });
    for (const [
      allocationId,
      jobId,
      jobVersion,
      group,
      slot,
      marks,
      placedAt,
      revision,
      gpuDevices,
      assignedPorts,
    ] of allocations) {
      const [job, name, devices] = [
        this.#names.job(jobId),
        this.#names.group(group),
        gpuDevices ?? undefined,
      ];
      const placement = new Placement(
        allocationId,
        job,
        jobVersion,
        name,
        slot,
        devices,
        assignedPorts,
        placedAt,
        revision,
      );
      for (const mark of marks) placement[mark] = true;
      node.allocations.set(allocationId, placement);
    }
    for (const allocationId of lingering) node.lingering.add(allocationId);
  }

  #node(nodeId: string): PlacedNode {
    let node = this.nodes.get(nodeId);
    if (node === undefined) {
      node = new PlacedNode(nodeId);
      this.nodes.set(nodeId, node);
    }
    return node;
  }

  #change(
    { nodeId, allocationId }: { nodeId: string; allocationId: string },
    change: (placement: Placement) => void,
  ): PlacementChange | undefined {
    const node = this.nodes.get(nodeId);
    const placement = node?.allocations.get(allocationId);
    if (node === undefined || placement === undefined) return undefined;
    const wanted = placement.wanted;
    change(placement);
    if (wanted !== placement.wanted) node.wantedVersion += 1;
    return { kind: 'allocation', nodeId, allocationId };
  }

  #start(data: { nodeId: string; allocationId: string }): PlacementChange | undefined {
    const node = this.nodes.get(data.nodeId);
    if (node !== undefined) node.hasRun = true;
    return this.#change(data, (placement) => (placement.started = true));
  }

  #end(data: { nodeId: string; allocationId: string }): PlacementChange | undefined {
    if (this.orphans.delete(data.allocationId))
      return { kind: 'allocation', nodeId: data.nodeId, allocationId: data.allocationId };
    const change = this.#change(data, (placement) => (placement.ended = true));
    const node = this.nodes.get(data.nodeId);
    if (node?.lingering.has(data.allocationId) === true) forget(node, data.allocationId);
    return change;
  }

  #release(data: { nodeId: string; allocationId: string }): PlacementChange | undefined {
    const change = this.#change(data, (placement) => (placement.released = true));
    const node = this.nodes.get(data.nodeId);
    const placement = node?.allocations.get(data.allocationId);
    if (node === undefined || placement === undefined) return undefined;
    // It may still be running there, so its resources stay occupied until the node reports the end.
    if (placement.ended) node.allocations.delete(data.allocationId);
    else this.#linger(node, data.allocationId);
    return change;
  }

  #linger(node: PlacedNode, allocationId: string): void {
    node.lingering.add(allocationId);
    const [oldest] = node.lingering;
    if (node.lingering.size > MAX_LOST_ALLOCATIONS && oldest !== undefined) forget(node, oldest);
  }

  #clear(): void {
    for (const node of this.nodes.values()) {
      const { nodeId, epoch, endpoint, protocol } = node;
      this.formerEpochs.set(nodeId, epoch);
      if (endpoint === null) continue;
      const former: FormerNode = { nodeId, epoch, endpoint, protocol };
      for (const {
        ended,
        accepted,
        started,
        allocationId,
        jobId,
        group,
        slot,
      } of node.allocations.values()) {
        if (!ended)
          this.orphans.set(allocationId, {
            allocationId,
            jobId,
            group,
            slot,
            node: former,
            arrived: accepted || started,
          });
      }
    }
    this.nodes.clear();
  }
}

function forget(node: PlacedNode, allocationId: string): void {
  node.lingering.delete(allocationId);
  node.allocations.delete(allocationId);
}

/** Each decoded event has its own copies of the names. Adjacent events mostly concern the same job, so their strings are shared to save memory. */
class SharedNames {
  #job = '';
  readonly #groups = new Map<string, string>();

  job(name: string): string {
    if (name !== this.#job) this.#job = name;
    return this.#job;
  }

  group(name: string): string {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    if (this.#groups.size < 1000) this.#groups.set(name, name);
    return name;
  }
}
