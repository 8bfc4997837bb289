import type { TaskSpec } from '../../drivers/driver.js';
import { errorFields } from '../../platform/log.js';
import type { AllocationState } from '../allocation-state.js';
import { endUnstarted, interruptTask, recordStartProblem } from './end.js';
import type { Follow } from './phase.js';

export async function start(
  state: AllocationState,
  tasks: readonly TaskSpec[],
  follow: Follow,
): Promise<void> {
  await Promise.all(tasks.map((spec) => startTask(state, spec, follow)));
}

async function startTask(state: AllocationState, spec: TaskSpec, follow: Follow): Promise<void> {
  try {
    follow(spec, await state.driver(spec).start(spec, state.parts.life, state.untilHalted()));
  } catch (error) {
    if (state.isLeft) return;
    if (state.isHalted) await endUnstarted(state, [spec]);
    else await recordStartProblem(state, spec, error);
  }
}

export async function adopt(
  state: AllocationState,
  tasks: readonly TaskSpec[],
  follow: Follow,
): Promise<TaskSpec[]> {
  const adopted = await Promise.all(tasks.map((spec) => adoptTask(state, spec, follow)));
  return tasks.filter((_, index) => adopted[index] !== true);
}

async function adoptTask(state: AllocationState, spec: TaskSpec, follow: Follow): Promise<boolean> {
  try {
    const handle = await state.driver(spec).adopt(spec, state.isHalted);
    if (handle !== undefined) follow(spec, handle);
    return handle !== undefined;
  } catch (error) {
    if (!state.isLeft)
      state.parts.log.error(
        { allocationId: state.id, task: spec.task.name, ...errorFields(error) },
        'agent.task.adopt-failed',
      );
    return false;
  }
}

/** Interrupts tasks of an earlier boot. Unsynced data is lost, so it is unknown whether they ran. */
export async function interruptAfterReboot(
  state: AllocationState,
  tasks: readonly TaskSpec[],
): Promise<void> {
  if (state.parts.boot.isCurrent(state.record.bootId)) return;
  const why = 'the machine was restarted before the task was known to run';
  await Promise.all(tasks.map((spec) => interruptTask(state, spec, why)));
}
