import { z } from 'zod';
import type { NodeAttributes } from './resources.js';

/** A GPU of a node. `index` is the number by which the plan log gives it away: it stays the same card's for as long as the node knows it. */
export const nodeDevice = z.strictObject({ index: z.number().int().nonnegative(), uuid: z.string() });
export type NodeDevice = z.infer<typeof nodeDevice>;

/** Of a device that can be given away. All other words say why it cannot. */
export const DEVICE_OK = 'ok';

/** The attributes by which an agent names its devices: the card that has a number, and how it is. */
export const deviceUuid = (index: number): string => `gpu.${index}.uuid`;
export const deviceHealth = (index: number): string => `gpu.${index}.health`;

/** A device as its agent says that it is. */
export interface SeenDevice extends NodeDevice {
  readonly health: string;
}

const UUID = /^gpu\.(0|[1-9]\d{0,3})\.uuid$/;

/** The devices that an agent names, by their numbers; undefined: it names none, and only counts them. */
export function seenDevices(attributes: NodeAttributes): readonly SeenDevice[] | undefined {
  const devices: SeenDevice[] = [];
  for (const [name, uuid] of Object.entries(attributes)) {
    const index = UUID.exec(name)?.[1];
    if (index === undefined) continue;
    devices.push({ index: Number(index), uuid: String(uuid), health: String(attributes[deviceHealth(Number(index))] ?? DEVICE_OK) });
  }
  return devices.length === 0 ? undefined : devices.sort((one, other) => one.index - other.index);
}

/** Those that can be given away; undefined: those that a count says, from 0. */
export function usableDevices(attributes: NodeAttributes): readonly NodeDevice[] | undefined {
  return seenDevices(attributes)?.flatMap(({ index, uuid, health }) => (health === DEVICE_OK ? [{ index, uuid }] : []));
}
