import { DEFAULT_KILL_TIMEOUT_SECONDS, type StartedTask, type TaskSpec } from '../../drivers/driver.js';
import { errorFields } from '../../platform/log.js';
import type { AllocationState } from '../allocation-state.js';
import type { TaskRun } from './phase.js';

export function stopIfHalted({ state, spec, handle }: TaskRun): void {
  if (state.isHalted) stopTask(state, spec, handle);
}

export function stopByFault(run: TaskRun, message: string): void {
  run.fault = message;
  stopTask(run.state, run.spec, run.handle);
}

export function stopTasks(state: AllocationState): void {
  state.halt();
  for (const spec of state.specs()) {
    const handle = state.handles.get(spec.task.name);
    if (handle !== undefined) stopTask(state, spec, handle);
  }
}

function stopTask({ id, parts, record }: AllocationState, spec: TaskSpec, handle: StartedTask): void {
  const seconds =
    record.killTimeouts?.[spec.task.name] ?? spec.task.kill_timeout ?? DEFAULT_KILL_TIMEOUT_SECONDS;
  handle
    .stop(seconds * 1000)
    .catch((error: unknown) =>
      parts.log.error({ allocationId: id, ...errorFields(error) }, 'agent.task.stop-failed'),
    );
}
