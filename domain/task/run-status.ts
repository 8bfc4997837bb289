import { trialOf } from './state.js';
import { slotOf, isTold, type StandingRun } from './trial.js';

export const RUN_STATUSES = ['pending', 'running', 'success', 'failed', 'timeout', 'cancelled', 'retrying'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** How a run is. `retrying`: it has been tried, and is to be tried again. */
export function runStatus(run: StandingRun): RunStatus {
  if (run.ended !== null) return run.ended;
  if (isTold(run) && slotOf(run.work)?.ran === true) return 'running';
  return trialOf(run) > 1 ? 'retrying' : 'pending';
}
