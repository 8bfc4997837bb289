import { newestSlot, taskOf } from '#domain/tasks/task/index.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';

/** `2` for the last execution of an attempt, `2.1` for its first. An attempt is executed again if its worker is lost or drained. */
export const ATTEMPT_NAME = /^([1-9]\d{0,8})(?:\.([1-9]\d{0,8}))?$/;

/** One execution of an attempt of a run. */
export interface RunExecution {
  readonly attempt: number;
  /** Undefined if it was not placed on a worker. */
  readonly at: { readonly nodeId: string; readonly allocationId: string } | undefined;
  readonly started: boolean;
  /** Revision of the worker's event that holds the end of its output. */
  readonly resultAt: number | undefined;
}

/** Returns the executions of a run, oldest first. The last one is current. */
export function executionsOf(run: TaskRunDocument): readonly RunExecution[] {
  const former = run.former.map(({ attempt, nodeId, allocationId, resultAt }) => {
    const at = nodeId === null || allocationId === null ? undefined : { nodeId, allocationId };
    return { attempt, at, started: at !== undefined, resultAt };
  });
  const slot = newestSlot(run);
  const task = taskOf(slot);
  return [
    ...former,
    {
      attempt: run.attempt,
      at: slot ?? undefined,
      started: task !== undefined,
      resultAt: task?.resultAt,
    },
  ];
}

/** Returns the execution with a name that matches {@link ATTEMPT_NAME}, or undefined if there is none. */
export function executionNamed(executions: readonly RunExecution[], name: string): RunExecution | undefined {
  const [, attempt, execution] = ATTEMPT_NAME.exec(name) ?? [];
  const found = executions.filter((each) => each.attempt === Number(attempt));
  return execution === undefined ? found.at(-1) : found[Number(execution) - 1];
}
