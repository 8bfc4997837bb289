import { plural } from '#domain/kernel/plural.js';
import { explainBlocked } from '../shared/blocked.js';
import type { Cluster } from '../shared/client.js';
import { fieldLines, showTime } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, tableLines, timeColumn, wideColumn, type Look } from '../shared/table.js';
import { explainFailures, explainUnclear } from './failures-view.js';
import { deploymentLine } from './job-deployments-view.js';
import { portsText } from '../shared/ports-view.js';

type Job = Cluster['Job'];

/** Does not compile if it lacks a status of the OpenAPI description. */
const JOB_STATUSES: Readonly<Record<Job['status'], true>> = {
  pending: true,
  running: true,
  degraded: true,
  blocked: true,
  complete: true,
  failed: true,
  lost: true,
  dead: true,
};

export const JOB_LIST: ListView<Job> = {
  headings: ['JOB', statusColumn('STATUS'), wideColumn('PRIORITY'), 'GROUPS', 'RUNNING'],
  row,
  name: ({ job_id: id }) => id,
  statuses: Object.keys(JOB_STATUSES),
};

export function jobTable(jobs: readonly Job[], look?: Look): string[] {
  return listLines(JOB_LIST, jobs, look);
}

export function jobPage(job: Job, look?: Look): string[] {
  return [
    ...fieldLines([
      ['Job', job.job_id],
      ['Status', job.status],
      ...(job.version === undefined ? [] : [['Version', String(job.version)] as const]),
      ...(job.deployment === undefined ? [] : [['Deployment', deploymentLine(job.deployment)] as const]),
      ...(job.archived === undefined ? [] : archivedFields(job.archived)),
      ['Groups', job.task_groups.map((group) => `${group.name} (${group.count ?? 1})`).join(', ')],
    ]),
    '',
    ...allocationTable(job, look),
    ...headed('Failed:', explainFailures(job)),
    ...headed('Unclear:', explainUnclear(job)),
    ...(job.blocked === undefined
      ? []
      : headed(`Not placed since ${showTime(job.blocked.since)}:`, explainBlocked(job.blocked.reasons))),
  ];
}

export function allocationTable({ allocations }: Job, look?: Look): string[] {
  return tableLines(
    [
      idColumn('ALLOCATION'),
      'GROUP',
      idColumn('NODE'),
      statusColumn('STATUS'),
      timeColumn('STARTED'),
      timeColumn('ENDED'),
      'TASKS',
    ],
    allocations.map((allocation) => [
      allocation.allocation_id,
      allocation.task_group,
      allocation.node_id,
      allocation.status,
      showTime(allocation.start_time),
      showTime(allocation.end_time),
      Object.entries(allocation.tasks ?? {})
        .map(
          ([name, task]) =>
            `${name}:${task.status}${task.exit_code === null ? '' : `(${task.exit_code})`}${healthWord(task)}${portWords(task)}`,
        )
        .join(' '),
    ]),
    look,
  );
}

function portWords({ ports = [] }: NonNullable<Job['allocations'][number]['tasks']>[string]): string {
  return ports.length === 0 ? '' : `,${portsText(ports)}`;
}

/** Running tasks are healthy unless a check reports otherwise. */
function healthWord({ healthy }: NonNullable<Job['allocations'][number]['tasks']>[string]): string {
  if (healthy === null) return ',not yet healthy';
  return healthy === false ? ',unhealthy' : '';
}

/** Archived jobs are no longer in any list. */
function archivedFields({
  at,
  ended_at: endedAt,
  allocations_left_out: leftOut,
}: NonNullable<Job['archived']>): [string, string][] {
  const older: [string, string][] =
    leftOut === 0 ? [] : [['Not shown', `${plural(leftOut, 'older allocation')}; see muster events --job`]];
  return [
    ['Ended', showTime(endedAt)],
    ['Archived', `${showTime(at)}; submit the id again to start a new job`],
    ...older,
  ];
}

function headed(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

function row(job: Job): string[] {
  const running = job.allocations.filter((allocation) => allocation.status === 'running').length;
  const wanted = job.task_groups.reduce((sum, { count = 1 }) => sum + count, 0);
  return [
    job.job_id,
    job.status,
    String(job.priority ?? 50),
    job.task_groups.map((group) => group.name).join(','),
    `${running}/${wanted}`,
  ];
}
