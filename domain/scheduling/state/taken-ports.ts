import { takenPortIn } from '../../protocol/taken-port.js';
import type { ScheduledNode } from './cluster-state.js';
import type { LiveAllocation } from './scheduled-job.js';

/** How often an allocation is placed again at once because a dynamic port was taken. After that, it counts as a failure like any other. */
export const MAX_PORT_RETRIES = 10;

/** How long a port is left out after a program outside Muster held it, and for how many ports of a node. If no other port is free, it is tried again. */
const TAKEN_PORT_MS = 3_600_000;
const MAX_TAKEN_PORTS = 256;

/** A node with this many ports that were taken recently is used for dynamic ports only if no other fits: one process may hold the whole range. */
const MANY_TAKEN_PORTS = 3;

/** Returns the dynamic port because of which an allocation was not started. Another port does not help if the job names its port. */
export function takenPortOf(
  { demand, group }: LiveAllocation,
  { startTime, message }: { readonly startTime: number | null; readonly message: string | null },
): number | undefined {
  const port = startTime === null ? takenPortIn(message) : undefined;
  if (port === undefined || !demand.ports.includes(port)) return undefined;
  return group.specification?.shape.demand.ports.includes(port) === true ? undefined : port;
}

/** Leaves a port of a node out. Older ones are forgotten here, so that the fold depends on events only. */
export function excludePort(
  { takenPorts }: Pick<ScheduledNode, 'takenPorts'>,
  port: number,
  at: number,
): void {
  takenPorts.delete(port);
  takenPorts.set(port, at);
  for (const [each, since] of takenPorts)
    if (at - since >= TAKEN_PORT_MS || takenPorts.size > MAX_TAKEN_PORTS) takenPorts.delete(each);
}

/** Returns whether many dynamic ports of a node were taken recently. `now`: milliseconds since the epoch. */
export function lacksFreePorts({ takenPorts }: Pick<ScheduledNode, 'takenPorts'>, now: number): boolean {
  if (takenPorts.size < MANY_TAKEN_PORTS) return false;
  let count = 0;
  for (const since of takenPorts.values()) if (now - since < TAKEN_PORT_MS) count += 1;
  return count >= MANY_TAKEN_PORTS;
}
