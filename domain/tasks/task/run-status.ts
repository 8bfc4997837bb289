import { startNumberOf } from './state.js';
import { slotOf, reportsNewestAttempt, type RunProgress } from './run-progress.js';

export const RUN_STATUSES = [
  'pending',
  'running',
  'success',
  'failed',
  'timeout',
  'cancelled',
  'retrying',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export function runStatus(run: RunProgress): RunStatus {
  if (run.ended !== null) return run.ended;
  if (reportsNewestAttempt(run) && slotOf(run.work)?.ran === true) return 'running';
  return startNumberOf(run) > 1 ? 'retrying' : 'pending';
}
