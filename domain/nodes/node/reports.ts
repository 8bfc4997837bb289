import { assertNever } from '../../kernel/errors/index.js';
import { MAX_TASKS_PER_GROUP } from '../../jobs/job/specification.js';
import type { AllocationReport, ReportedUsage, TaskReport } from '../../protocol/index.js';
import type { AllocationReference, PlacedAllocation } from './commands.js';
import type { NodeEvent, TaskUsage } from './events.js';
import type { AllocationProgress, TaskProgress } from './state.js';

type Exited = Extract<NodeEvent, { type: 'TaskExited' }>;
type TaskEnd = Exited['data']['status'];
type Named = AllocationReference & { readonly nodeId: string };
type Results = PlacedAllocation['results'];

/** Maximum total length of the agents' strings in all events of one allocation, in characters. */
const TEXT_BUDGET = 12_288;
const MAX_TEXT = 2048;
const TASK_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NOTHING: AllocationProgress = { accepted: false, started: false, startTime: null, tasks: new Map() };

export function reportedEvents(
  nodeId: string,
  placed: PlacedAllocation,
  report: AllocationReport,
  known: AllocationProgress = NOTHING,
): NodeEvent[] {
  const { allocationId, jobId, group, slot } = placed;
  const named: Named = { allocationId, jobId, group, slot, nodeId };
  switch (report.status) {
    case 'running':
      return [
        ...started(named, report, known),
        ...healthOf(named, report, known),
        ...exits(named, placed.results, report, known),
      ];
    case 'complete':
    case 'failed':
    case 'stopped':
      return ended(named, placed, report, known, report.status);
    case 'lost':
      return [
        ...exits(named, placed.results, report, known),
        {
          type: 'AllocationLost',
          data: { ...named, reason: text(report.message, 1) ?? 'its agent reported it lost' },
        },
      ];
    default:
      return [];
  }
}

function started(named: Named, report: AllocationReport, known: AllocationProgress): NodeEvent[] {
  const running = tasksOf(report).filter(
    ([name, task]) => task.status === 'running' && known.tasks.get(name) === undefined,
  );
  if (!known.started) {
    const tasks = Object.fromEntries(running.map(([name, task]) => [name, startOf(task)]));
    return [
      {
        type: 'AllocationStarted',
        data: { ...named, startTime: report.start_time ?? earliest(report) ?? null, tasks },
      },
    ];
  }
  return running.map(([name, task]) => ({
    type: 'TaskStarted',
    data: { ...named, task: name, ...startOf(task) },
  }));
}

function startOf(task: TaskReport) {
  return {
    startTime: task.start_time ?? null,
    ...containerOf(task),
    ...(typeof task.prepared_time === 'number' && { preparedTime: task.prepared_time }),
    ...(typeof task.image_digest === 'string' && { imageDigest: task.image_digest }),
    ...(task.checked === true && { checked: true as const }),
  };
}

/** Covers running tasks and tasks that have just ended. A task without checks is considered healthy until its agent reports otherwise. */
function healthOf(named: Named, report: AllocationReport, known: AllocationProgress): NodeEvent[] {
  const tasks = tasksOf(report);
  return tasks.flatMap(([name, task]) => {
    const before = known.tasks.get(name);
    const was = before === undefined ? (task.checked === true ? undefined : true) : before.healthy;
    if (
      typeof task.healthy !== 'boolean' ||
      task.healthy === was ||
      before?.ended === true ||
      (before === undefined && task.status !== 'running')
    )
      return [];
    const message = text(task.health_message, tasks.length);
    return [
      {
        type: 'TaskHealthChanged',
        data: { ...named, task: name, healthy: task.healthy, message, at: task.health_time ?? null },
      },
    ];
  });
}

function exits(
  named: Named,
  results: Results,
  report: AllocationReport,
  known: AllocationProgress,
): NodeEvent[] {
  const tasks = tasksOf(report);
  return tasks.flatMap(([name, task]) => {
    if (known.tasks.get(name)?.ended === true || !isEnd(task.status)) return [];
    return [
      exit(named, name, task, task.status, {
        before: known.tasks.get(name),
        endTime: null,
        tasks: tasks.length,
        result: results?.get(name),
      }),
    ];
  });
}

function ended(
  named: Named,
  placed: PlacedAllocation,
  report: AllocationReport,
  known: AllocationProgress,
  status: TaskEnd,
): NodeEvent[] {
  const events: NodeEvent[] = [];
  const startTime = known.startTime ?? report.start_time ?? earliest(report);
  if (!known.started && (status === 'complete' || startTime !== null)) {
    events.push({ type: 'AllocationStarted', data: { ...named, startTime, tasks: {} } });
  }
  events.push(...healthOf(named, report, known));
  const reported = new Map(tasksOf(report));
  const names = new Set([...reported.keys(), ...known.tasks.keys(), ...(placed.tasks ?? [])]);
  const endTime = report.end_time ?? latest(report);
  const failed =
    [...known.tasks.values()].some((task) => task.failed) ||
    [...reported.values()].some((task) => task.status === 'failed');
  const began = known.started || startTime !== null || status === 'complete';
  for (const name of names) {
    const before = known.tasks.get(name);
    const task = reported.get(name);
    if (before?.ended === true) continue;
    const around = { before, endTime, tasks: names.size, result: placed.results?.get(name) };
    if (task !== undefined && isEnd(task.status)) events.push(exit(named, name, task, task.status, around));
    else if (began) events.push(exit(named, name, task ?? { status }, endOf(task, status, failed), around));
  }
  events.push(
    terminal(status, {
      ...named,
      startTime,
      endTime,
      message: text(report.message ?? failureMessage(report), 1),
    }),
  );
  return events;
}

function terminal(
  status: TaskEnd,
  data: Extract<NodeEvent, { type: 'AllocationCompleted' }>['data'],
): NodeEvent {
  switch (status) {
    case 'complete':
      return { type: 'AllocationCompleted', data };
    case 'failed':
      return { type: 'AllocationFailed', data };
    case 'stopped':
      return { type: 'AllocationStopped', data };
    default:
      return assertNever(status);
  }
}

/** Infers how a task ended if its own status does not show it. */
function endOf(task: TaskReport | undefined, allocation: TaskEnd, anotherFailed: boolean): TaskEnd {
  if (typeof task?.exit_code === 'number') return task.exit_code === 0 ? 'complete' : 'failed';
  if (typeof task?.error === 'string') return 'failed';
  return allocation === 'failed' && anotherFailed ? 'stopped' : allocation;
}

interface TaskEndContext {
  readonly before: TaskProgress | undefined;
  readonly endTime: number | null;
  readonly tasks: number;
  readonly result: string | undefined;
}

function exit(
  named: Named,
  name: string,
  task: TaskReport,
  status: TaskEnd,
  { before, endTime, tasks, result }: TaskEndContext,
): Exited {
  const usage = task.usage === undefined ? undefined : usageOf(task.usage);
  return {
    type: 'TaskExited',
    data: {
      ...named,
      task: name,
      status,
      startTime: task.start_time ?? before?.startTime ?? null,
      endTime: task.end_time ?? endTime,
      exitCode: task.exit_code ?? null,
      error: text(task.error, tasks),
      message: text(task.message, tasks),
      ...(usage === undefined ? {} : { usage }),
      ...containerOf(task),
      ...(result === undefined ? {} : { result }),
    },
  };
}

/** Limited in number and restricted to valid task names, so that keys like `__proto__` never become properties. */
export function tasksOf(report: AllocationReport): [string, TaskReport][] {
  return Object.entries(report.tasks)
    .filter(([name]) => TASK_NAME.test(name))
    .slice(0, MAX_TASKS_PER_GROUP);
}

function isEnd(status: string): status is TaskEnd {
  return status === 'complete' || status === 'failed' || status === 'stopped';
}

function earliest(report: AllocationReport): number | null {
  const times = tasksOf(report).flatMap(([, task]) => task.start_time ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function latest(report: AllocationReport): number | null {
  const times = tasksOf(report).flatMap(([, task]) => task.end_time ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function failureMessage(report: AllocationReport): string | null {
  const failed = tasksOf(report).find(
    ([, task]) => task.status === 'failed' && (task.message ?? task.error ?? null) !== null,
  );
  return failed === undefined ? null : (failed[1].message ?? failed[1].error ?? null);
}

function text(value: string | null | undefined, sharers: number): string | null {
  return value?.slice(0, Math.min(MAX_TEXT, Math.floor(TEXT_BUDGET / Math.max(1, 3 * sharers)))) ?? null;
}

function containerOf({ container_id: containerId }: TaskReport): { containerId?: string } {
  return containerId === undefined || containerId === null || containerId === '' ? {} : { containerId };
}

function usageOf(usage: ReportedUsage): TaskUsage {
  return {
    ...(usage.memory_peak_mb === undefined ? {} : { memoryPeakMb: usage.memory_peak_mb }),
    ...(usage.memory_average_mb === undefined ? {} : { memoryAverageMb: usage.memory_average_mb }),
    ...(usage.cpu_peak === undefined ? {} : { cpuPeak: usage.cpu_peak }),
    ...(usage.cpu_average === undefined ? {} : { cpuAverage: usage.cpu_average }),
    ...(usage.cpu_seconds === undefined ? {} : { cpuSeconds: usage.cpu_seconds }),
  };
}
