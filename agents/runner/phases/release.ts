import type { TaskSpec } from '../../drivers/driver.js';
import { errorFields } from '../../platform/log.js';
import type { AllocationState } from '../allocation-state.js';
import type { TaskRun } from './phase.js';

export async function release({ state, handle }: TaskRun): Promise<void> {
  await handle.release().catch((error: unknown) => warn(state, error));
}

export async function releaseLeft(state: AllocationState, spec: TaskSpec): Promise<void> {
  try {
    const handle = await state.driver(spec).adopt(spec, false);
    await handle?.exit;
    await handle?.release();
  } catch (error) {
    if (!state.isLeft) warn(state, error);
  }
}

function warn({ id, parts }: AllocationState, error: unknown): void {
  parts.log.warn({ allocationId: id, ...errorFields(error) }, 'agent.task.release-failed');
}
