import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import { taskRuns, type TaskRunDocument } from '#projections/task-runs.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks.js';
import { foldOn } from '../../../../projections/plain-fold.js';

/** What read models show. */
export interface Shown {
  readonly tasks: ReadonlyMap<string, TaskDocument>;
  readonly runs: ReadonlyMap<string, TaskRunDocument>;
}

export const NOTHING: Shown = { tasks: new Map(), runs: new Map() };

/** What they show one event later. */
export function shownAfter({ tasks, runs }: Shown, event: RecordedMusterEvent): Shown {
  return {
    tasks: taskModel.events.includes(event.type) ? (foldOn(taskModel, new Map(tasks), event) as Shown['tasks']) : tasks,
    runs: taskRuns.events.includes(event.type) ? (foldOn(taskRuns, new Map(runs), event) as Shown['runs']) : runs,
  };
}
