import { TaskStartError, type TaskSpec } from '../../drivers/driver.js';
import type { AllocationState } from '../allocation-state.js';
import { recordStartProblem } from './end.js';

export async function prepare(state: AllocationState, tasks: readonly TaskSpec[]): Promise<void> {
  await Promise.all(tasks.map((spec) => prepareTask(state, spec)));
}

async function prepareTask(state: AllocationState, spec: TaskSpec): Promise<void> {
  try {
    if (spec.problem !== undefined) throw new TaskStartError(spec.problem);
    await state.driver(spec).prepare(spec, state.untilHalted());
    state.update(spec, { preparedTime: state.parts.clock.now() / 1000 });
  } catch (error) {
    if (!state.isHalted && !state.isLeft) await recordStartProblem(state, spec, error);
  }
}
