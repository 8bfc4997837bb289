import { z } from 'zod';
import { taskNumber } from './identifier.js';

/** Which ends of other tasks' runs start a task. `failure`: those that took too long too; `always`: cancelled ones too. */
export const DEPENDENCY_CONDITIONS = ['success', 'failure', 'always'] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

/** Tasks that one task may be started by. */
export const MAX_DEPENDENCIES = 32;

/** Other tasks that start this one: each end of a run of any of them is a start of its own. */
export const dependencies = z.strictObject({ tasks: z.array(taskNumber).min(1).max(MAX_DEPENDENCIES), on: z.enum(DEPENDENCY_CONDITIONS) });
export type Dependencies = z.infer<typeof dependencies>;

/** How a run can end. */
export type RunEnding = 'success' | 'failed' | 'timeout' | 'cancelled';

/** Whether such an end starts a task that waits. */
export function isAwaited(on: DependencyCondition, outcome: RunEnding): boolean {
  switch (on) {
    case 'success':
      return outcome === 'success';
    case 'failure':
      return outcome === 'failed' || outcome === 'timeout';
    case 'always':
      return true;
  }
}

/** Where a run's end stands in its task's stream: ends are decided in this order, so that the newest one decided says of each whether it was. */
export interface EndPosition {
  /** Of the event that ended it. */
  readonly revision: number;
  readonly run: number;
}

export function isAfter(end: EndPosition, decided: EndPosition | undefined): boolean {
  return decided === undefined || end.revision > decided.revision || (end.revision === decided.revision && end.run > decided.run);
}
