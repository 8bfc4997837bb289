import type { AllocationReport, AllocationStatus, TaskReport } from '#domain/protocol/index.js';
import type { AllocationRecord, TaskRecord } from '../journal/record.js';

/** Returns the record in the contract's format. Results are sent to the server only once. */
export function allocationReport(
  record: AllocationRecord,
  results: 'with results' | 'without results',
): AllocationReport {
  return {
    status: reportedStatus(record),
    start_time: record.startTime,
    end_time: record.endTime,
    message: record.message,
    ...(record.order?.placed_at === undefined ? {} : { placed_at: record.order.placed_at }),
    tasks: Object.fromEntries(
      Object.entries(record.tasks).map(([name, task]) => [
        name,
        taskReport(task, isChecked(record, name) || task.imageCheck === true, results === 'with results'),
      ]),
    ),
  };
}

export function textOf(record: AllocationRecord): string {
  return JSON.stringify(allocationReport(record, 'without results'));
}

/** Returns `lost` for an allocation that was interrupted externally and not stopped on request, so that the server's rules for lost ones apply. */
export function reportedStatus({ status, interrupted, stopping }: AllocationRecord): string {
  return status === 'stopped' && interrupted !== undefined && stopping === null ? 'lost' : status;
}

export function withoutResults(report: AllocationReport): AllocationReport {
  return {
    ...report,
    tasks: Object.fromEntries(
      Object.entries(report.tasks).map(([name, { result: _result, ...task }]) => [name, task]),
    ),
  };
}

/** Returns the record for `GET /allocations/:id`: the contract's keys in order, then Muster's own keys. */
export function allocationStatus(record: AllocationRecord): AllocationStatus {
  const { start_time, end_time, tasks, message } = allocationReport(record, 'without results');
  const { status } = record;
  return {
    allocation_id: record.allocationId,
    job_id: record.order?.job_id ?? '',
    task_group: record.order?.task_group.name ?? '',
    status,
    start_time,
    end_time,
    tasks,
    message,
  };
}

function isChecked({ order }: AllocationRecord, name: string): boolean {
  return (order?.task_group.tasks.find((task) => task.name === name)?.checks?.length ?? 0) > 0;
}

function taskReport(task: TaskRecord, checked: boolean, withResult: boolean): TaskReport {
  const { health } = task;
  return {
    status: task.status,
    start_time: task.startTime,
    end_time: task.endTime,
    error: task.error,
    exit_code: task.exitCode,
    message: task.message,
    ...(task.usage === undefined ? {} : { usage: task.usage }),
    ...(task.containerId === undefined ? {} : { container_id: task.containerId }),
    ...(task.preparedTime === undefined ? {} : { prepared_time: task.preparedTime }),
    ...(task.imageDigest === undefined ? {} : { image_digest: task.imageDigest }),
    ...(checked ? { checked } : {}),
    ...(health === undefined
      ? {}
      : { healthy: health.healthy, health_message: health.message, health_time: health.at }),
    ...(task.result === undefined || !withResult ? {} : { result: task.result }),
  };
}
