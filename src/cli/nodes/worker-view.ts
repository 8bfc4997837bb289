import type { Tasks } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, tableLines, timeColumn, type Look } from '../shared/table.js';

type Worker = Tasks['Worker'];

/** Does not compile if it lacks a status of the OpenAPI description. */
const WORKER_STATUSES: Readonly<Record<Worker['status'], true>> = { online: true, offline: true, busy: true };

export const WORKER_LIST: ListView<Worker> = {
  headings: [idColumn('WORKER'), 'NAME', statusColumn('STATUS'), 'TASKS', 'TAGS', timeColumn('HEARTBEAT')],
  row: (worker) => [
    worker.id,
    worker.name,
    statusOf(worker),
    `${worker.current_tasks}/${worker.max_tasks}`,
    tagsOf(worker),
    worker.last_heartbeat,
  ],
  name: ({ id }) => id,
  statuses: Object.keys(WORKER_STATUSES),
};

export function workerTable(workers: readonly Worker[], look?: Look): string[] {
  return listLines(WORKER_LIST, workers, look);
}

export function workerPage(worker: Tasks['WorkerDetail'], look?: Look): string[] {
  const { cpu_usage: cpu, memory_usage: memory, disk_usage: disk } = worker.system_info;
  return [
    ...fieldLines([
      ['Worker', worker.id],
      ['Name', worker.name],
      ['Status', statusOf(worker)],
      ['Tasks', `${worker.current_tasks} of ${worker.max_tasks}`],
      ['Tags', tagsOf(worker)],
      ['Drivers', worker.drivers.length === 0 ? '-' : worker.drivers.join(', ')],
      ['CPU', percent(cpu)],
      ['Memory', percent(memory)],
      ['Disk', percent(disk)],
      ['Last heartbeat', worker.last_heartbeat],
    ]),
    '',
    ...tableLines(
      ['RESOURCE', 'TOTAL', 'HELD'],
      Object.entries(worker.capacity).map(([name, { total, used }]) => [name, String(total), String(used)]),
      look,
    ),
    '',
    ...tableLines(
      ['TASK', 'RUN', statusColumn('STATUS'), timeColumn('STARTED')],
      worker.running_runs.map((run) => [
        String(run.task_id),
        String(run.run_id),
        run.status,
        run.started_at ?? '-',
      ]),
      look,
    ),
  ];
}

function statusOf({ status, enabled }: Pick<Worker, 'status' | 'enabled'>): string {
  return enabled ? status : `${status} (disabled)`;
}

function tagsOf({ tags }: Pick<Worker, 'tags'>): string {
  return tags.length === 0 ? '-' : tags.join(',');
}

function percent(value: number | null): string {
  return value === null ? '-' : `${value} %`;
}
