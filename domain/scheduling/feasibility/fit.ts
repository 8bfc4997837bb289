import type { Demand, Ledger } from '../capacity/ledger.js';
import { freePortCount } from '../capacity/port-range.js';

/** Called with the shortage in each dimension that is lacking (`cpu`, `gpus`, `port 8080`, `ports`, `volume orders-db`). */
export type OnLacking = (dimension: string, short: number) => void;

/**
 * Returns whether the node lacks anything that is demanded. This is the only fit function: it is used for planning, for checking the plan log, and
 * for choosing what must leave a shrunk node. Resources of stopping allocations are considered held. If `tell` is set, all shortages are reported;
 * otherwise it stops at the first.
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

export function isTooSmall(ledger: Ledger, node: number, { dimensions, amounts, gpus }: Demand): boolean {
  for (let index = 0; index < dimensions.length; index += 1)
    if (amounts[index]! > ledger.capacity[dimensions[index]!]![node]!) return true;
  return gpus > ledger.usableCount(node);
}

function missingPorts(ledger: Ledger, node: number, { ports, dynamicPorts }: Demand): number {
  const held = ledger.portsHeld(node);
  const { first, last } = ledger.portRange;
  if (last - first + 1 - held.size - ports.length >= dynamicPorts) return 0;
  return Math.max(0, dynamicPorts - freePortCount(ledger.portRange, held, ports));
}

function freeDeviceCount(ledger: Ledger, node: number): number {
  let free = ledger.usableCount(node);
  for (const device of ledger.devicesHeld(node)) if (ledger.isUsable(node, device)) free -= 1;
  return free;
}

/** Chooses the lowest free devices for each task, after {@link isLacking} has ensured that there are enough. */
export function chooseDevices(
  ledger: Ledger,
  node: number,
  wanted: Readonly<Record<string, number>>,
): Record<string, number[]> {
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

/** Returns whether the devices exist on the node, are distinct, and are free. Used to check a log. */
export function areDevicesFree(ledger: Ledger, node: number, devices: readonly number[]): boolean {
  const held = ledger.devicesHeld(node);
  return (
    new Set(devices).size === devices.length &&
    devices.every((device) => ledger.isUsable(node, device) && !held.has(device))
  );
}

export function isOversubscribed(ledger: Ledger, node: number): boolean {
  const shrinking = ledger.dimensionNames.flatMap((_name, dimension) =>
    dimension === ledger.slots ? [] : [dimension],
  );
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
