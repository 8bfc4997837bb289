import { z } from 'zod';
import { taskNumber } from '../../kernel/task-number.js';

/** Which outcomes of another task's run start a task. `failure` includes timeouts. `always` also includes cancelled runs. */
export const DEPENDENCY_CONDITIONS = ['success', 'failure', 'always'] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export const MAX_DEPENDENCIES = 32;

/** Other tasks that start this task: each of their runs starts it once, when the run ends with an outcome that matches `on`. */
export const dependencies = z.strictObject({
  tasks: z.array(taskNumber).min(1).max(MAX_DEPENDENCIES),
  on: z.enum(DEPENDENCY_CONDITIONS),
});
export type Dependencies = z.infer<typeof dependencies>;

export type RunEnding = 'success' | 'failed' | 'timeout' | 'cancelled';

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

/** Position of a run's end in its task's stream. Ends are decided in this order, so everything up to the last decided end is decided. */
export interface EndPosition {
  readonly revision: number;
  readonly run: number;
}

export function isAfter(end: EndPosition, decided: EndPosition | undefined): boolean {
  return (
    decided === undefined ||
    end.revision > decided.revision ||
    (end.revision === decided.revision && end.run > decided.run)
  );
}
