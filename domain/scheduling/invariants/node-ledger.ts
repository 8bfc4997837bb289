import type { PlanEvent } from '../plan-log/events.js';
import { areDevicesFree, isLacking, isOversubscribed } from '../feasibility/fit.js';
import { Ledger, type Demand } from '../capacity/ledger.js';
import type { AdmittedNode } from '../capacity/node-facts.js';
import { LostHoldings, type ExclusiveThing } from './lost-holdings.js';

type Data<Type extends PlanEvent['type']> = Extract<PlanEvent, { type: Type }>['data'];
type Report = (check: string, detail: string) => void;

export interface HeldAllocation {
  readonly node: number;
  readonly demand: Demand;
  readonly devices: readonly number[];
  stopping: boolean;
  ended: boolean;
}

export class NodeLedger {
  readonly #ledger = new Ledger();
  readonly #admitted = new Map<string, AdmittedNode>();
  readonly #held = new Map<number, Set<HeldAllocation>>();
  readonly #lost = new Map<number, LostHoldings>();

  has(nodeId: string): boolean {
    return this.#admitted.has(nodeId);
  }

  setCapacity(
    { nodeId, epoch, resources, schedulable, devices }: Data<'NodeCapacitySet'>,
    report: Report,
  ): void {
    const former = this.#admitted.get(nodeId);
    if (former !== undefined && epoch < former.epoch)
      report('epoch', `node ${nodeId} goes from epoch ${former.epoch} back to ${epoch}`);
    this.#admitted.set(nodeId, { epoch, resources, schedulable, devices });
    const node = this.#ledger.node(nodeId);
    this.#ledger.setCapacity(node, resources, devices);
    if (isOversubscribed(this.#running(node), 0))
      report('shrink', `node ${nodeId} has less than is held by its allocations that were not asked to stop`);
  }

  /** Holds the allocation's resources even if they do not fit, so that one finding does not cause others. */
  place(nodeId: string, data: Data<'AllocationPlaced'>, report: Report): HeldAllocation {
    const ledger = this.#ledger;
    const admitted = this.#admitted.get(nodeId);
    if (admitted === undefined) report('capacity', `node ${nodeId} was never admitted`);
    else if (!admitted.schedulable) report('capacity', `node ${nodeId} accepts no placements`);
    if (admitted !== undefined && admitted.epoch !== data.epoch)
      report('epoch', `placed in epoch ${data.epoch} of node ${nodeId}, which is in ${admitted.epoch}`);
    const node = ledger.node(nodeId);
    const read = new Set(data.readOnlyVolumes);
    const volumes = (data.volumes ?? []).map((name) => ({ name, writable: !read.has(name) }));
    const demand = ledger.demand(data.resources, { ports: data.ports, volumes });
    isLacking(ledger, node, demand, (dimension, short) =>
      report('capacity', `node ${nodeId} lacks ${short} of ${dimension}`),
    );
    const devices = Object.values(data.gpuDevices ?? {}).flat();
    if (devices.length !== demand.gpus)
      report('capacity', `${devices.length} devices are assigned for ${demand.gpus} gpus`);
    if (!areDevicesFree(ledger, node, devices))
      report('capacity', `not all of the devices ${devices.join(', ')} of node ${nodeId} are free`);
    for (const { host } of Object.values(data.assignedPorts ?? {}).flat())
      if (!demand.ports.includes(host)) report('capacity', `port ${host} was assigned but is not held`);
    if (new Set(demand.ports).size !== demand.ports.length) report('capacity', 'it holds a port twice');
    const conflict = this.#lost.get(node)?.conflict(exclusiveThings(demand, devices));
    if (conflict !== undefined)
      report(
        'lost',
        `${conflict.name} of node ${nodeId} may still be held by the lost allocation ${conflict.allocationId}`,
      );
    ledger.hold(node, demand, devices);
    for (const { name } of volumes) ledger.volumes.settle(name, node);
    const held: HeldAllocation = { node, demand, devices, stopping: false, ended: false };
    const all = this.#held.get(node);
    if (all === undefined) this.#held.set(node, new Set([held]));
    else all.add(held);
    return held;
  }

  release(held: HeldAllocation): void {
    this.#ledger.release(held.node, held.demand, held.devices);
    this.#held.get(held.node)?.delete(held);
  }

  lose(allocationId: string, { node, demand, devices }: HeldAllocation): void {
    const lost = this.#lost.get(node) ?? new LostHoldings();
    this.#lost.set(node, lost);
    lost.add(allocationId, exclusiveThings(demand, devices));
  }

  lostEnded(nodeId: string, allocationId: string): boolean {
    const node = this.#ledger.find(nodeId);
    return node !== undefined && this.#lost.get(node)?.end(allocationId) === true;
  }

  /** Reports a finding if something holds the volume. A later volume with that name is a new one. */
  dropVolume(name: string, report: Report): void {
    if (this.#ledger.volumes.isHeld(name)) report('volume', `volume ${name} is held`);
    this.#ledger.volumes.forget(name);
    for (const lost of this.#lost.values()) lost.forget(`volume ${name}`);
  }

  #running(node: number): Ledger {
    const ledger = new Ledger();
    const id = this.#ledger.nodeIds[node] ?? '';
    const index = ledger.node(id);
    const admitted = this.#admitted.get(id);
    ledger.setCapacity(index, admitted?.resources ?? {}, admitted?.devices);
    for (const { stopping, demand, devices } of this.#held.get(node) ?? []) {
      if (!stopping) ledger.hold(index, ledger.demand(demand.resources, { ports: demand.ports }), devices);
    }
    return ledger;
  }
}

function exclusiveThings({ ports, volumes }: Demand, devices: readonly number[]): ExclusiveThing[] {
  return [
    ...ports.map((port) => ({ name: `port ${port}`, writable: true })),
    ...devices.map((device) => ({ name: `gpus ${device}`, writable: true })),
    ...volumes.map(({ name, writable }) => ({ name: `volume ${name}`, writable })),
  ];
}
