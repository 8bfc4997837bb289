import type { Command } from 'commander';
import { bodyOf, type Api, type Cluster, type Gpu } from '../shared/client.js';
import { Refusal } from '../shared/failure.js';
import { hostName } from '../shared/host-name.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { allAllocations, type JobAllocation } from '../shared/lookup.js';
import { requestLimit } from '../shared/request-limit.js';
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

interface Use {
  /** Thousandths of a core. */
  readonly cpu: number | null;
  /** MiB. */
  readonly memory: number | null;
}

interface UsedAllocation extends JobAllocation {
  readonly used: Use;
}

const TOP_ALLOCATIONS: ListView<UsedAllocation> = {
  headings: [idColumn('ALLOCATION'), 'JOB', 'GROUP', idColumn('NODE'), 'CPU', 'MEMORY'],
  row: ({ job, allocation, used }) => [
    allocation.allocation_id,
    job.job_id,
    allocation.task_group,
    allocation.node_id,
    `${whole(used.cpu)}/${whole(requested(allocation).cpu)}`,
    `${whole(used.memory)}/${whole(requested(allocation).memory)}`,
  ],
  name: ({ allocation }) => allocation.allocation_id,
};

export function addTopCommands(program: Command): void {
  const top = program.command('top').description('show what is used now');
  remoteList(top.command('nodes'), TOP_LIST)
    .description(
      'show the measured use of each node, and what is allocated on it (log in first); "-" if its agent does not answer',
    )
    .action(topNodes);
  remoteList(top.command('allocations'), TOP_ALLOCATIONS)
    .alias('allocs')
    .description(
      'show what each running allocation uses, and what it requested: CPU in thousandths of a core, memory in MiB, averaged over the last 30 seconds; "-" if it was not measured',
    )
    .action(topAllocations);
}

async function topNodes(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { nodes } = await bodyOf(api.GET('/nodes'));
  const measured = await requestLimit().map(nodes, async (node) => ({
    node,
    metrics: await metricsOf(api, node.node_id),
  }));
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

async function topAllocations(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const running = (await allAllocations(api)).filter(({ allocation }) => allocation.status === 'running');
  const all = await requestLimit().map(running, async (each) => ({ ...each, used: await useOf(api, each) }));
  await printList(TOP_ALLOCATIONS, options, all, (shown) => ({
    allocations: shown.map(({ job, allocation, used }) => ({
      allocation_id: allocation.allocation_id,
      job_id: job.job_id,
      group: allocation.task_group,
      node_id: allocation.node_id,
      requested: requested(allocation),
      used,
    })),
    count: shown.length,
  }));
}

/** Sums the newest measurements of all tasks. They are null for an allocation that has ended, or whose agent does not answer. */
async function useOf(api: Api, { job, allocation }: JobAllocation): Promise<Use> {
  try {
    const path = { job_id: job.job_id, allocation_id: allocation.allocation_id };
    const { tasks } = await bodyOf(
      api.GET('/jobs/{job_id}/allocations/{allocation_id}/usage', { params: { path, query: { last: 1 } } }),
    );
    const points = Object.values(tasks).flatMap((each) => each.slice(-1));
    return { cpu: sum(points.map(({ cpu }) => cpu)), memory: sum(points.map(({ memory_mb: mb }) => mb)) };
  } catch (error) {
    if (error instanceof Refusal && [404, 502].includes(error.httpStatus)) return { cpu: null, memory: null };
    throw error;
  }
}

function requested({ tasks = {} }: Cluster['JobAllocation']): Use {
  const all = Object.values(tasks).map(({ resources }) => resources);
  return { cpu: sum(all.map(({ cpu }) => cpu)), memory: sum(all.map(({ memory }) => memory)) };
}

/** Returns null if nothing is known. */
function sum(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((each) => each !== undefined);
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0);
}

function whole(value: number | null): string {
  return value === null ? '-' : String(Math.round(value));
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
