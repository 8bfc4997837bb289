import type { Cluster } from '../shared/client.js';
import type { ListView } from '../shared/list.js';
import type { JobAllocation } from '../shared/lookup.js';
import { fieldLines, printable, showTime } from '../shared/output.js';
import { portsText } from '../shared/ports-view.js';
import { idColumn, statusColumn, tableLines, timeColumn, wideColumn, type Look } from '../shared/table.js';

/** Does not compile if it lacks a status of the OpenAPI description. */
const ALLOCATION_STATUSES: Readonly<Record<Cluster['JobAllocation']['status'], true>> = {
  pending: true,
  running: true,
  complete: true,
  failed: true,
  stopped: true,
  lost: true,
};

/** @param host returns the host name of a node, by its id */
export function allocationList(
  host: (nodeId: string) => string | undefined = () => undefined,
): ListView<JobAllocation> {
  return {
    headings: [
      idColumn('ALLOCATION'),
      'JOB',
      'GROUP',
      idColumn('NODE'),
      statusColumn('STATUS'),
      timeColumn('STARTED'),
      wideColumn(timeColumn('ENDED')),
    ],
    row: ({ job, allocation }) => [
      allocation.allocation_id,
      job.job_id,
      allocation.task_group,
      host(allocation.node_id) ?? allocation.node_id,
      allocation.status,
      showTime(allocation.start_time),
      showTime(allocation.end_time),
    ],
    name: ({ allocation }) => allocation.allocation_id,
    statuses: Object.keys(ALLOCATION_STATUSES),
  };
}

/** Returns what `-o json` prints of an allocation: the fields of the server, and the id of its job. */
export function allocationObject({ job, allocation }: JobAllocation): object {
  return { job_id: job.job_id, ...allocation };
}

export function allocationPage({ job, allocation }: JobAllocation, host?: string, look?: Look): string[] {
  const { allocation_id: id, node_id: node, message, tasks = {} } = allocation;
  return [
    ...fieldLines([
      ['Allocation', id],
      ['Job', job.job_id],
      ['Group', allocation.task_group],
      ['Node', host === undefined ? node : `${host} (${node})`],
      ['Status', allocation.status],
      ['Started', showTime(allocation.start_time)],
      ['Ended', showTime(allocation.end_time)],
      ...(message === undefined ? [] : [['Message', message] as const]),
    ]),
    '',
    ...tableLines(
      ['TASK', statusColumn('STATUS'), 'HEALTH', 'EXIT', 'CPU', 'MEMORY', 'PORTS', 'RUNS'],
      Object.entries(tasks).map(([name, task]) => [
        name,
        task.status,
        healthOf(task),
        task.exit_code === null ? '-' : String(task.exit_code),
        shareOf(task.usage?.cpu_average, task.resources.cpu),
        shareOf(task.usage?.memory_average_mb, task.resources.memory),
        portsText(task.ports ?? []) || '-',
        firstLine(task.config.image ?? task.config.command ?? task.driver ?? '-'),
      ]),
      look,
    ),
    ...Object.entries(tasks).flatMap(([name, { message: said, health_message: check }]) =>
      [said, check].flatMap((each) =>
        each === null || each === undefined || each === '' ? [] : ['', `${name}: ${printable(each)}`],
      ),
    ),
  ];
}

/** Returns what a task uses on average, and what it requested: thousandths of a core, or MiB. */
function shareOf(used: number | undefined, requested: number | undefined): string {
  return `${used === undefined ? '-' : Math.round(used)}/${requested ?? '-'}`;
}

function healthOf({ status, healthy }: Cluster['AllocationTask']): string {
  if (status !== 'running' || healthy === undefined) return '-';
  if (healthy === null) return 'not yet healthy';
  return healthy ? 'healthy' : 'unhealthy';
}

function firstLine(text: string): string {
  const [first = '', ...others] = text.trim().split('\n');
  return others.length === 0 ? first : `${first} …`;
}
