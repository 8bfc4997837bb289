import type { Demand, Ledger } from '../capacity/ledger.js';
import { freePortCount } from '../capacity/port-range.js';

/** Told of each dimension that a node lacks: `cpu`, `gpus`, `port 8080`, `ports`, `volume orders-db`; and by how much. */
export type OnLacking = (dimension: string, short: number) => void;

/**
 * Does the node lack anything of what is demanded? The one fit function: planning, the check of the plan log and the choice of a
 * shrunk node's surplus all ask here. What is held counts whether or not it is stopping. With `tell` it goes on and
 * names all that is lacking, else it ends at the first.
 */
export function isLacking(ledger: Ledger, node: number, demand: Demand, tell?: OnLacking): boolean {
  let lacking = false;
  const { dimensions, amounts, ports } = demand;
  for (let index = 0; index < dimensions.length; index += 1) {
    const dimension = dimensions[index]!;
    const short = ledger.used[dimension]![node]! + amounts[index]! - ledger.capacity[dimension]![node]!;
    if (short > 0) {
      if (tell === undefined) return true;
      lacking = true;
      tell(ledger.dimensionNames[dimension]!, short);
    }
  }
  if (ports.length > 0) {
    const held = ledger.portsHeld(node);
    for (const port of ports) {
      if (!held.has(port)) continue;
      if (tell === undefined) return true;
      lacking = true;
      tell(`port ${port}`, 1);
    }
  }
  if (demand.dynamicPorts > 0) {
    const short = missingPorts(ledger, node, demand);
    if (short > 0) {
      if (tell === undefined) return true;
      lacking = true;
      tell('ports', short);
    }
  }
  for (const volume of demand.volumes) {
    if (ledger.volumes.isFree(volume, node)) continue;
    if (tell === undefined) return true;
    lacking = true;
    tell(`volume ${volume.name}`, 1);
  }
  if (demand.gpus > 0 && !lacking) {
    const free = freeDeviceCount(ledger, node);
    if (free < demand.gpus) {
      lacking = true;
      tell?.('gpus', demand.gpus - free);
    }
  }
  return lacking;
}

/** Would the node lack something even if nothing were held there? */
export function isTooSmall(ledger: Ledger, node: number, { dimensions, amounts, gpus }: Demand): boolean {
  for (let index = 0; index < dimensions.length; index += 1) if (amounts[index]! > ledger.capacity[dimensions[index]!]![node]!) return true;
  return gpus > ledger.usableCount(node);
}

/** How many ports of the range the node has too few. Mostly far more are free than can be held, which needs no count. */
function missingPorts(ledger: Ledger, node: number, { ports, dynamicPorts }: Demand): number {
  const held = ledger.portsHeld(node);
  const { first, last } = ledger.portRange;
  if (last - first + 1 - held.size - ports.length >= dynamicPorts) return 0;
  return Math.max(0, dynamicPorts - freePortCount(ledger.portRange, held, ports));
}

/** Usable devices that are free. One that failed may still be held, so a sum alone would not do. */
function freeDeviceCount(ledger: Ledger, node: number): number {
  let free = ledger.usableCount(node);
  for (const device of ledger.devicesHeld(node)) if (ledger.isUsable(node, device)) free -= 1;
  return free;
}

/** The lowest numbers of free devices for each task, after {@link isLacking} said that there are enough. */
export function chooseDevices(ledger: Ledger, node: number, wanted: Readonly<Record<string, number>>): Record<string, number[]> {
  const held = ledger.devicesHeld(node);
  const named = ledger.namedDevices(node);
  const chosen: Record<string, number[]> = {};
  let next = 0;
  for (const [task, count] of Object.entries(wanted)) {
    const devices: number[] = [];
    while (devices.length < count) {
      const device = named === undefined ? next : named[next];
      if (device === undefined) break;
      if (!held.has(device)) devices.push(device);
      next += 1;
    }
    chosen[task] = devices;
  }
  return chosen;
}

/** Do the devices that an allocation was given exist on the node, once each, held by nobody? For checking a log. */
export function areDevicesFree(ledger: Ledger, node: number, devices: readonly number[]): boolean {
  const held = ledger.devicesHeld(node);
  return new Set(devices).size === devices.length && devices.every((device) => ledger.isUsable(node, device) && !held.has(device));
}

/**
 * Is everything held on the node within its capacity: every dimension, and every device? For checking what is
 * left on a node after a shrink. Fewer slots than are held stop nothing.
 */
export function isOversubscribed(ledger: Ledger, node: number): boolean {
  const shrinking = ledger.dimensionNames.flatMap((_name, dimension) => (dimension === ledger.slots ? [] : [dimension]));
  const nothing: Demand = {
    resources: {},
    dimensions: shrinking,
    amounts: shrinking.map(() => 0),
    ports: [],
    dynamicPorts: 0,
    volumes: [],
    gpus: 0,
  };
  if (isLacking(ledger, node, nothing)) return true;
  return [...ledger.devicesHeld(node)].some((device) => !ledger.isUsable(node, device));
}
