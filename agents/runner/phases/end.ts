import { refusedStart } from '#domain/protocol/index.js';
import { TaskRefusedError, type TaskExit, type TaskSpec } from '../../drivers/driver.js';
import { bytesOf } from '../../drivers/drivers.js';
import { dropEnvironments, hasEnded, type AllocationRecord, type TaskRecord } from '../../journal/record.js';
import type { AllocationState } from '../allocation-state.js';
import { errorOf, exitMessage, startProblemOf } from '../exit-message.js';
import type { TaskRun } from './phase.js';
import { stopTasks } from './stop.js';

export async function recordExit(run: TaskRun, exit: TaskExit): Promise<void> {
  const { state, spec, startTime, fault } = run;
  const { exitCode, result, usage } = exit;
  state.handles.delete(spec.task.name);
  const wrong =
    result === undefined
      ? undefined
      : state.parts.drivers.resultProblem(spec.task.driver, result, resultBytes(state.record));
  const end = {
    endTime: Math.max(exit.endTime, startTime),
    exitCode,
    ...(usage === undefined ? {} : { usage }),
    ...(result === undefined || wrong !== undefined ? {} : { result }),
  };
  if (fault !== undefined) await failTask(state, spec, fault, end);
  else if (state.isHalted)
    await endTask(state, spec, {
      status: 'stopped',
      message: `${stopMessage(state)}; ${exitMessage(exit, spec.task.resources?.memory)}`,
      ...end,
    });
  else if (exit.interrupted === true)
    await interruptTask(
      state,
      spec,
      exit.problem ?? 'the machine, container or daemon in which it was running ended',
      end,
    );
  else if (wrong !== undefined) await failTask(state, spec, wrong, end);
  else if (exitCode === 0)
    await endTask(state, spec, {
      status: 'complete',
      message: exitMessage(exit, spec.task.resources?.memory),
      ...end,
    });
  else await failTask(state, spec, exitMessage(exit, spec.task.resources?.memory), end, errorOf(exit));
}

/** Ends the tasks of a halted allocation that were not started. */
export async function endUnstarted(state: AllocationState, tasks: readonly TaskSpec[]): Promise<void> {
  await Promise.all(
    tasks.map((spec) => endTask(state, spec, { status: 'stopped', message: stopMessage(state) })),
  );
}

/** Records a failed start. If the node refuses the task, the allocation is reported as lost instead. */
export async function recordStartProblem(
  state: AllocationState,
  spec: TaskSpec,
  error: unknown,
): Promise<void> {
  if (!(error instanceof TaskRefusedError)) return await failTask(state, spec, startProblemOf(error));
  const isUnstarted = state.specs().every((each) => state.task(each).startTime === null);
  if (isUnstarted) state.record.interrupted ??= refusedStart(state.parts.nodeId, error.message);
  await interruptTask(state, spec, error.message);
}

/** Ends a failed task. This fails the allocation and stops the other tasks. */
export async function failTask(
  state: AllocationState,
  spec: TaskSpec,
  message: string,
  end: Partial<TaskRecord> = {},
  error: string | null = message,
): Promise<void> {
  state.failure ??= `task ${spec.task.name}: ${message}`;
  const ending = endTask(state, spec, { status: 'failed', message, error, ...end });
  stopTasks(state);
  await ending;
}

/** Ends a task that was interrupted externally. The other tasks are stopped, and the allocation counts as lost. */
export async function interruptTask(
  state: AllocationState,
  spec: TaskSpec,
  why: string,
  end: Partial<TaskRecord> = {},
): Promise<void> {
  state.record.interrupted ??= interruption(state, why);
  const ending = endTask(state, spec, { status: 'stopped', message: stopMessage(state), ...end });
  stopTasks(state);
  await ending;
}

export function interruption({ parts }: AllocationState, why: string): string {
  return `interrupted on node ${parts.nodeId}: ${why}`;
}

async function endTask(state: AllocationState, spec: TaskSpec, end: Partial<TaskRecord>): Promise<void> {
  if (hasEnded(state.task(spec))) return;
  const { clock, log } = state.parts;
  state.update(spec, { endTime: state.task(spec).startTime === null ? null : clock.now() / 1000, ...end });
  log.info(
    { allocationId: state.id, task: spec.task.name, status: end.status, message: end.message },
    'agent.task.ended',
  );
  const tasks = state.specs().map((each) => state.task(each));
  if (!tasks.every(hasEnded)) {
    await state.saveAndReport();
    return;
  }
  const { record } = state;
  record.status = statusOf(tasks);
  record.endTime =
    Math.max(...tasks.map((task) => task.endTime ?? 0), record.startTime ?? 0) || clock.now() / 1000;
  record.message = state.failure ?? record.stopping ?? record.interrupted ?? null;
  dropEnvironments(record);
  state.forgetSpecs();
  await state.saveAndReport();
  state.resolveEnded();
}

function statusOf(tasks: readonly TaskRecord[]): AllocationRecord['status'] {
  if (tasks.some((task) => task.status === 'failed')) return 'failed';
  return tasks.every((task) => task.status === 'complete') ? 'complete' : 'stopped';
}

function stopMessage({ record, failure }: AllocationState): string {
  return (
    record.stopping ??
    record.interrupted ??
    (failure === undefined ? 'stopped' : `stopped because of ${failure}`)
  );
}

function resultBytes(record: AllocationRecord): number {
  return Object.values(record.tasks).reduce((sum, { result }) => sum + bytesOf(result), 0);
}
