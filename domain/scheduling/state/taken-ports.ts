import { takenPortIn } from '../../protocol/taken-port.js';
import type { ScheduledNode } from './cluster-state.js';
import type { LiveAllocation } from './scheduled-job.js';

/** How often an allocation is placed again at once because a dynamic port was taken. After that, it counts as a failure like any other. */
export const MAX_PORT_RETRIES = 10;

/** How long a port is left out after a program outside Muster held it, and for how many ports of a node. If no other port is free, it is tried again. */
const TAKEN_PORT_MS = 3_600_000;
const MAX_TAKEN_PORTS = 256;

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
