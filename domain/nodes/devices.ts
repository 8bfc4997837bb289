import { z } from 'zod';
import type { NodeAttributes } from '../kernel/resources.js';

/** A GPU of a node. The plan log refers to it by `index`, which identifies the same card for as long as the node has a record of it. */
export const nodeDevice = z.strictObject({ index: z.number().int().nonnegative(), uuid: z.string() });
export type NodeDevice = z.infer<typeof nodeDevice>;

/** Health of a device that can be allocated. Any other string explains why the device cannot be allocated. */
export const DEVICE_OK = 'ok';

/** Attributes by which an agent reports each device's UUID and health. */
export const deviceUuid = (index: number): string => `gpu.${index}.uuid`;
export const deviceHealth = (index: number): string => `gpu.${index}.health`;

export interface SeenDevice extends NodeDevice {
  readonly health: string;
}

const UUID = /^gpu\.(0|[1-9]\d{0,3})\.uuid$/;

/** Returns the devices that an agent reports, by index, or undefined if it only reports their number. */
export function seenDevices(attributes: NodeAttributes): readonly SeenDevice[] | undefined {
  const devices: SeenDevice[] = [];
  for (const [name, uuid] of Object.entries(attributes)) {
    const index = UUID.exec(name)?.[1];
    if (index === undefined) continue;
    devices.push({
      index: Number(index),
      uuid: String(uuid),
      health: String(attributes[deviceHealth(Number(index))] ?? DEVICE_OK),
    });
  }
  return devices.length === 0 ? undefined : devices.sort((one, other) => one.index - other.index);
}

/** Returns the healthy devices, or undefined if the agent only reports their number. In that case all devices are considered healthy. */
export function usableDevices(attributes: NodeAttributes): readonly NodeDevice[] | undefined {
  return seenDevices(attributes)?.flatMap(({ index, uuid, health }) =>
    health === DEVICE_OK ? [{ index, uuid }] : [],
  );
}
