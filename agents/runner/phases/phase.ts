import type { StartedTask, TaskSpec } from '../../drivers/driver.js';
import type { AllocationState } from '../allocation-state.js';

export type StartPhase = (
  state: AllocationState,
  tasks: readonly TaskSpec[],
  follow: Follow,
) => Promise<void>;

export type Follow = (spec: TaskSpec, handle: StartedTask) => void;

export interface TaskRun {
  readonly state: AllocationState;
  readonly spec: TaskSpec;
  readonly handle: StartedTask;
  /** In Unix seconds. An earlier agent may have started the task. */
  readonly startTime: number;
  readonly over: AbortSignal;
  /** Why the agent ended the task. Undefined if it did not. */
  fault: string | undefined;
}
