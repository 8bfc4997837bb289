import type { z } from 'zod';
import { DEFAULT_DRIVERS } from '#domain/scheduling/capacity/node-facts.js';
import type { WorkerStatus } from '#domain/protocol/index.js';
import { DEFAULT_SLOTS, SLOTS, slotsOf } from '#domain/kernel/resources.js';
import type { NodeDocument } from '#projections/nodes/nodes.js';
import type { NodeTelemetry } from '#src/fleet/nodes/index.js';
import type { ReceivedHeartbeat } from './worker-heartbeats.js';
import type { workerDetail, workerView } from './worker-contract.js';
import { wireTime } from '#src/http/index.js';

export type WorkerView = z.input<typeof workerView>;
export type WorkerDetail = z.input<typeof workerDetail>;
export type WorkerRun = WorkerDetail['running_runs'][number];
type Detail = WorkerDetail;

export type Held = Readonly<Record<string, number>>;

export function viewNode(node: NodeDocument, held: Held, telemetry: NodeTelemetry | undefined): WorkerView {
  const current = held[SLOTS] ?? 0;
  const most = slotsOf(node);
  const hostname = node.attributes['hostname'];
  return {
    id: node.nodeId,
    name: typeof hostname === 'string' && hostname !== '' ? hostname : node.nodeId,
    status: node.down ? 'offline' : current >= most ? 'busy' : 'online',
    last_heartbeat: wireTime(Math.max(node.lastHeartbeat, telemetry?.lastHeartbeat ?? 0)),
    current_tasks: current,
    max_tasks: most,
    tags: [...(node.tags ?? [])],
    enabled: node.eligible,
  };
}

/** Returns the view of a worker that only sends heartbeats. */
export function viewHeard(id: string, heard: ReceivedHeartbeat, silent: boolean): WorkerView {
  const full = heard.current_tasks >= DEFAULT_SLOTS && heard.status === 'online';
  const status: WorkerStatus = silent ? 'offline' : full ? 'busy' : heard.status;
  const told = { last_heartbeat: wireTime(heard.at), current_tasks: heard.current_tasks };
  return { id, name: id, status, ...told, max_tasks: DEFAULT_SLOTS, tags: [], enabled: true };
}

/** `heard`: the node's latest heartbeat to the tasks surface, which adds details. */
export function detailOfNode(
  node: NodeDocument,
  held: Held,
  telemetry: NodeTelemetry | undefined,
  heard: ReceivedHeartbeat | undefined,
): Omit<Detail, keyof WorkerView | 'running_runs'> {
  const total: Readonly<Record<string, number>> = { ...node.resources, [SLOTS]: slotsOf(node) };
  return {
    drivers: [...(node.drivers ?? DEFAULT_DRIVERS)],
    system_info: systemOf(telemetry, heard),
    capacity: Object.fromEntries(
      Object.entries(total).map(([name, amount]) => [name, { total: amount, used: held[name] ?? 0 }]),
    ),
  };
}

export function detailOfHeard(heard: ReceivedHeartbeat): Omit<Detail, keyof WorkerView> {
  return {
    drivers: [],
    system_info: systemOf(undefined, heard),
    running_runs: [],
    capacity: { [SLOTS]: { total: DEFAULT_SLOTS, used: heard.current_tasks } },
  };
}

function systemOf(
  telemetry: NodeTelemetry | undefined,
  heard: ReceivedHeartbeat | undefined,
): Detail['system_info'] {
  const percent = (name: string): number | null => {
    const [used, total] = [telemetry?.resources[`${name}_used`], telemetry?.resources[name]];
    if (used === undefined || total === undefined || total <= 0) return null;
    return Math.min(100, Math.round((used / total) * 1000) / 10);
  };
  const {
    cpu_usage = percent('cpu'),
    memory_usage = percent('memory'),
    disk_usage = percent('disk'),
  } = heard?.system_info ?? {};
  return { cpu_usage, memory_usage, disk_usage };
}
