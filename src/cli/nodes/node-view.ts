import { plural } from '#domain/kernel/plural.js';
import { refusedTenants } from '#domain/drivers/limited.js';
import type { Cluster } from '../shared/client.js';
import { hostName } from '../shared/host-name.js';
import { fieldLines, showTime } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, tableLines, timeColumn, wideColumn, type Look } from '../shared/table.js';
import { portsText } from '../shared/ports-view.js';

type Node = Cluster['Node'];

export const NODE_STATUSES = ['ready', 'ineligible', 'draining', 'unhealthy', 'down'];

export const NODE_LIST: ListView<Node> = {
  headings: [
    idColumn('NODE'),
    'HOST',
    wideColumn('ADDRESS'),
    statusColumn('STATUS'),
    wideColumn('DRIVERS'),
    'CPU FREE',
    'MEMORY FREE',
    'GPUS FREE',
    'RUNNING',
    timeColumn('HEARTBEAT'),
  ],
  row: (node) => [
    node.node_id,
    hostName(node) ?? '-',
    node.ip_address,
    nodeStatus(node),
    node.drivers?.join(',') ?? '-',
    share(node, 'cpu'),
    share(node, 'memory'),
    share(node, 'gpus'),
    String(running(node).length),
    showTime(node.last_heartbeat),
  ],
  name: ({ node_id: id }) => id,
  statuses: NODE_STATUSES,
};

export function nodeTable(nodes: readonly Node[], look?: Look): string[] {
  return listLines(NODE_LIST, nodes, look);
}

export function nodePage(node: Node, look?: Look): string[] {
  return [
    ...fieldLines([
      ['Node', node.node_id],
      ['Host', hostName(node) ?? '-'],
      ['Address', node.ip_address],
      ['Status', nodeStatus(node)],
      ...(node.drain_until === undefined
        ? []
        : [['Waits for runs until', showTime(node.drain_until)] as const]),
      ['Drivers', node.drivers?.join(', ') ?? '-'],
      ['Running', plural(running(node).length, 'allocation')],
      ['Registered', showTime(node.registered_at)],
      ['Last heartbeat', showTime(node.last_heartbeat)],
      ...(node.unknown_statuses === undefined
        ? []
        : [['Unknown statuses', unknownStatuses(node.unknown_statuses)] as const]),
      ...secondAgentOf(node),
      ...tenantsOf(node),
    ]),
    '',
    ...tableLines(
      ['RESOURCE', 'CAPACITY', 'ALLOCATED', 'FREE'],
      Object.entries(node.resources).map(([name, capacity]) => [
        name,
        String(capacity),
        String(allocated(node, name)),
        String(capacity - allocated(node, name)),
      ]),
      look,
    ),
    '',
    ...tableLines(
      ['ATTRIBUTE', 'VALUE'],
      Object.entries(node.attributes ?? {}).map(([name, value]) => [name, String(value)]),
      look,
    ),
    '',
    ...tableLines(
      [idColumn('ALLOCATION'), 'JOB', 'GROUP', statusColumn('STATUS'), 'PORTS', timeColumn('SINCE')],
      node.allocations.map((allocation) => [
        allocation.allocation_id,
        allocation.job_id,
        allocation.task_group,
        allocation.status,
        allocation.ports === undefined ? '-' : portsText(allocation.ports),
        showTime(allocation.end_time ?? allocation.start_time),
      ]),
      look,
    ),
  ];
}

/** Lists the statuses reported by the agent that this version does not support. */
function unknownStatuses({ reported, known }: NonNullable<Node['unknown_statuses']>): string {
  return `${reported.map((word) => JSON.stringify(word)).join(', ')} (known: ${known.join(', ')})`;
}

/** Returns the most important state of the node in one word. */
export function nodeStatus({ down, draining, healthy, eligible }: Node): string {
  if (down === true) return 'down';
  if (draining === true) return 'draining';
  if (!healthy) return 'unhealthy';
  return eligible === false ? 'ineligible' : 'ready';
}

function secondAgentOf({ refused_agent: refused }: Node): [string, string][] {
  if (refused === undefined) return [];
  const { address, holder, at } = refused;
  return [
    [
      'Second agent',
      `${address} has the id of this node too (this node: ${holder}); refused ${showTime(at)}`,
    ],
  ];
}

/** Explains why tenants' processes are not placed on the node. Empty if they are placed. */
function tenantsOf({ attributes }: Node): [string, string][] {
  const why = refusedTenants(attributes ?? {});
  return why === undefined ? [] : [['Tenants', why]];
}

function share(node: Node, name: string): string {
  const capacity = node.resources[name];
  return capacity === undefined ? '-' : `${capacity - allocated(node, name)}/${capacity}`;
}

/** Returns what is allocated of a resource, and the capacity. */
export function usedShare(node: Node, name: string): string {
  const capacity = node.resources[name];
  return capacity === undefined ? '-' : `${allocated(node, name)}/${capacity}`;
}

function allocated({ allocated }: Node, name: string): number {
  return allocated?.[name] ?? 0;
}

function running({ allocations }: Node): Node['allocations'] {
  return allocations.filter(({ status }) => status === 'running');
}
