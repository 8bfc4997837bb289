import type { Tasks } from '../shared/client.js';
import { fieldLines, tableLines } from '../shared/output.js';

type Worker = Tasks['Worker'];

export function workerTable(workers: readonly Worker[]): string[] {
  return tableLines(
    ['WORKER', 'NAME', 'STATUS', 'TASKS', 'TAGS', 'LAST HEARTBEAT'],
    workers.map((worker) => [
      worker.id,
      worker.name,
      statusOf(worker),
      `${worker.current_tasks}/${worker.max_tasks}`,
      tagsOf(worker),
      worker.last_heartbeat,
    ]),
  );
}

export function workerPage(worker: Tasks['WorkerDetail']): string[] {
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
    ),
    '',
    ...tableLines(
      ['TASK', 'RUN', 'STATUS', 'STARTED'],
      worker.running_runs.map((run) => [
        String(run.task_id),
        String(run.run_id),
        run.status,
        run.started_at ?? '-',
      ]),
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
