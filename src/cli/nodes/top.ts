import type { Command } from 'commander';
import pLimit from 'p-limit';
import { bodyOf, type Api, type Cluster, type Gpu } from '../shared/client.js';
import { Refusal } from '../shared/failure.js';
import { hostName } from '../shared/host-name.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { idColumn, statusColumn } from '../shared/table.js';
import { NODE_STATUSES, nodeStatus, usedShare } from './node-view.js';

interface Measured {
  readonly node: Cluster['Node'];
  /** Absent if the agent cannot be reached. */
  readonly metrics?: Gpu['NodeMetrics'] | undefined;
}

const TOP_LIST: ListView<Measured> = {
  headings: [
    idColumn('NODE'),
    'HOST',
    statusColumn('STATUS'),
    'CPU',
    'MEMORY',
    'GPUS',
    'CPU ALLOCATED',
    'MEMORY ALLOCATED',
  ],
  row: ({ node, metrics }) => [
    node.node_id,
    hostName(node) ?? '-',
    nodeStatus(node),
    percent(metrics?.cpu_usage_percent),
    percent(metrics?.memory_usage_percent),
    metrics?.gpus.map(({ utilization_percent: used }) => percent(used)).join(' ') || '-',
    usedShare(node, 'cpu'),
    usedShare(node, 'memory'),
  ],
  name: ({ node }) => node.node_id,
  statuses: NODE_STATUSES,
};

/** Maximum number of concurrent requests. Each can take three seconds. */
const MAX_CONCURRENCY = 16;

export function addTopCommands(program: Command): void {
  const top = program.command('top').description('show what is used now');
  remoteList(top.command('nodes'), TOP_LIST)
    .description(
      'show the measured use of each node, and what is allocated on it (log in first); "-" if its agent does not answer',
    )
    .action(topNodes);
}

async function topNodes(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { nodes } = await bodyOf(api.GET('/nodes'));
  const limit = pLimit(MAX_CONCURRENCY);
  const measured = await Promise.all(
    nodes.map(
      async (node) => await limit(async () => ({ node, metrics: await metricsOf(api, node.node_id) })),
    ),
  );
  await printList(TOP_LIST, options, measured, (shown) => ({
    nodes: shown.map(({ node, metrics }) => ({
      node_id: node.node_id,
      resources: node.resources,
      allocated: node.allocated,
      metrics: metrics ?? null,
    })),
    count: shown.length,
  }));
}

/** Returns undefined for a node that is down or does not answer. */
async function metricsOf(api: Api, id: string): Promise<Gpu['NodeMetrics'] | undefined> {
  try {
    return await bodyOf(api.GET('/api/nodes/{id}/status', { params: { path: { id } } }));
  } catch (error) {
    if (error instanceof Refusal && [404, 409, 502].includes(error.httpStatus)) return undefined;
    throw error;
  }
}

function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : `${Math.round(value)}%`;
}
