import type { Cluster } from '../client.js';
import { fieldLines, showTime, tableLines } from '../output.js';

type Node = Cluster['Node'];

/** All nodes, a line each. */
export function nodeTable(nodes: readonly Node[]): string[] {
  return tableLines(['NODE', 'ADDRESS', 'STATUS', 'CPU', 'MEMORY', 'ALLOCATIONS', 'LAST HEARTBEAT'], nodes.map(row));
}

/** One node with what runs on it. */
export function nodePage(node: Node): string[] {
  return [
    ...fieldLines([
      ['Node', node.node_id],
      ['Address', node.ip_address],
      ['Status', nodeStatus(node)],
      ['Resources', Object.entries(node.resources).map(([name, amount]) => `${name}=${amount}`).join(' ')],
      ['Last heartbeat', showTime(node.last_heartbeat)],
    ]),
    '',
    ...tableLines(
      ['ALLOCATION', 'JOB', 'GROUP', 'STATUS'],
      node.allocations.map((allocation) => [allocation.allocation_id, allocation.job_id, allocation.task_group, allocation.status]),
    ),
  ];
}

/** In one word how a node is; what hinders it most comes first. */
export function nodeStatus({ down, draining, healthy, eligible }: Node): string {
  if (down === true) return 'down';
  if (draining === true) return 'draining';
  if (!healthy) return 'unhealthy';
  return eligible === false ? 'ineligible' : 'ready';
}

function row(node: Node): string[] {
  return [
    node.node_id,
    node.ip_address,
    nodeStatus(node),
    String(node.resources['cpu'] ?? 0),
    String(node.resources['memory'] ?? 0),
    String(node.allocations.filter((allocation) => allocation.status === 'running').length),
    showTime(node.last_heartbeat),
  ];
}
