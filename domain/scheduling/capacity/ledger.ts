import type { Resources } from '../../jobs/job/specification.js';
import type { VolumeDemand } from '../../jobs/job/volume.js';
import { DEFAULT_SLOTS, SLOTS } from '../../kernel/resources.js';
import { DEFAULT_PORT_RANGE, type PortRange } from './port-range.js';
import { VolumeLedger } from './volume-ledger.js';

/** Resources that a group requests or that an allocation holds on a node. `dimensions` are dimension numbers of one ledger. */
export interface Demand {
  readonly resources: Resources;
  readonly dimensions: readonly number[];
  readonly amounts: readonly number[];
  readonly ports: readonly number[];
  readonly dynamicPorts: number;
  readonly volumes: readonly VolumeDemand[];
  readonly gpus: number;
}

export interface DemandedThings {
  readonly ports?: readonly number[] | undefined;
  readonly dynamicPorts?: number | undefined;
  readonly volumes?: readonly VolumeDemand[] | undefined;
  /** Default: as many as `resources` contains. */
  readonly gpus?: number | undefined;
}

export interface LostHolding {
  readonly node: number;
  readonly demand: Demand;
  readonly devices: readonly number[] | undefined;
}

const FIRST_NODES = 64;
const NOTHING: ReadonlySet<number> = new Set();
const NONE: readonly never[] = [];

/**
 * Capacity and use of all nodes: one typed array per dimension, indexed by node, and the host ports and GPU devices held on each node. Nodes and
 * dimensions are numbered in the order in which they appear.
 */
export class Ledger {
  readonly dimensionNames: string[] = [];
  readonly nodeIds: string[] = [];
  readonly #dimensionOf = new Map<string, number>();
  readonly #nodeOf = new Map<string, number>();
  readonly capacity: Float64Array[] = [];
  readonly used: Float64Array[] = [];
  readonly #ports: (Set<number> | undefined)[] = [];
  readonly #devices: (Set<number> | undefined)[] = [];
  readonly #usable: (readonly number[] | undefined)[] = [];
  reserved = FIRST_NODES;
  readonly cpu = this.dimension('cpu');
  readonly memory = this.dimension('memory');
  readonly gpus = this.dimension('gpus');
  readonly slots = this.dimension(SLOTS);
  readonly volumes = new VolumeLedger();
  portRange: PortRange = DEFAULT_PORT_RANGE;

  get size(): number {
    return this.nodeIds.length;
  }

  dimension(name: string): number {
    const known = this.#dimensionOf.get(name);
    if (known !== undefined) return known;
    const index = this.dimensionNames.push(name) - 1;
    this.#dimensionOf.set(name, index);
    this.capacity.push(new Float64Array(this.reserved));
    this.used.push(new Float64Array(this.reserved));
    return index;
  }

  find(nodeId: string): number | undefined {
    return this.#nodeOf.get(nodeId);
  }

  node(nodeId: string): number {
    const known = this.#nodeOf.get(nodeId);
    if (known !== undefined) return known;
    const index = this.nodeIds.push(nodeId) - 1;
    this.#nodeOf.set(nodeId, index);
    if (index >= this.reserved) this.#grow();
    return index;
  }

  setCapacity(node: number, resources: Resources, devices?: readonly { readonly index: number }[]): void {
    this.#usable[node] = devices?.map(({ index }) => index).sort((one, other) => one - other);
    for (const capacity of this.capacity) capacity[node] = 0;
    this.capacity[this.slots]![node] = DEFAULT_SLOTS;
    for (const name of Object.keys(resources)) {
      const dimension = this.dimension(name);
      this.capacity[dimension]![node] = resources[name] ?? 0;
    }
  }

  capacityOf(dimension: number, node: number): number {
    return this.capacity[dimension]?.[node] ?? 0;
  }

  usedOf(dimension: number, node: number): number {
    return this.used[dimension]?.[node] ?? 0;
  }

  portsHeld(node: number): ReadonlySet<number> {
    return this.#ports[node] ?? NOTHING;
  }

  devicesHeld(node: number): ReadonlySet<number> {
    return this.#devices[node] ?? NOTHING;
  }

  namedDevices(node: number): readonly number[] | undefined {
    return this.#usable[node];
  }

  isUsable(node: number, device: number): boolean {
    return this.#usable[node]?.includes(device) ?? device < this.capacityOf(this.gpus, node);
  }

  usableCount(node: number): number {
    return Math.min(this.#usable[node]?.length ?? Infinity, this.capacityOf(this.gpus, node));
  }

  demand(resources: Resources, things: DemandedThings = {}): Demand {
    const names = Object.keys(resources).filter((name) => (resources[name] ?? 0) > 0);
    return {
      resources: Object.fromEntries(names.map((name) => [name, resources[name] ?? 0])),
      dimensions: names.map((name) => this.dimension(name)),
      amounts: names.map((name) => resources[name] ?? 0),
      ports: things.ports ?? NONE,
      dynamicPorts: things.dynamicPorts ?? 0,
      volumes: things.volumes ?? NONE,
      gpus: things.gpus ?? resources['gpus'] ?? 0,
    };
  }

  hold(node: number, demand: Demand, devices: readonly number[] | undefined): void {
    this.#add(node, demand, devices);
    for (const volume of demand.volumes) this.volumes.hold(volume, node);
  }

  release(node: number, demand: Demand, devices: readonly number[] | undefined): void {
    this.#remove(node, demand, devices);
    for (const volume of demand.volumes) this.volumes.release(volume);
  }

  holdLost(allocationId: string, { node, demand, devices }: LostHolding): void {
    this.#add(node, demand, devices);
    for (const volume of demand.volumes) this.volumes.holdLost(volume, allocationId);
  }

  releaseLost(allocationId: string, { node, demand, devices }: LostHolding): void {
    this.#remove(node, demand, devices);
    for (const { name } of demand.volumes) this.volumes.releaseLost(name, allocationId);
  }

  #add(node: number, demand: Demand, devices: readonly number[] | undefined): void {
    this.#change(node, demand, 1);
    for (const port of demand.ports) (this.#ports[node] ??= new Set()).add(port);
    if (devices !== undefined) for (const device of devices) (this.#devices[node] ??= new Set()).add(device);
  }

  #remove(node: number, demand: Demand, devices: readonly number[] | undefined): void {
    this.#change(node, demand, -1);
    for (const port of demand.ports) this.#ports[node]?.delete(port);
    if (devices !== undefined) for (const device of devices) this.#devices[node]?.delete(device);
  }

  #change(node: number, demand: Demand, sign: 1 | -1): void {
    const { dimensions, amounts } = demand;
    for (let index = 0; index < dimensions.length; index += 1)
      this.used[dimensions[index]!]![node]! += sign * amounts[index]!;
  }

  #grow(): void {
    this.reserved *= 2;
    for (const arrays of [this.capacity, this.used]) {
      arrays.forEach((array, dimension) => {
        const larger = new Float64Array(this.reserved);
        larger.set(array);
        arrays[dimension] = larger;
      });
    }
  }
}
