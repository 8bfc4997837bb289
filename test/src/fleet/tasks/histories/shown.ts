import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import type { Projection } from '#domain/kernel/projection.js';
import { taskNotifications, type TaskNotificationDocument } from '#projections/tasks/task-notifications.js';
import { taskRunBlocks, type TaskRunBlockDocument } from '#projections/tasks/task-run-blocks.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { foldOn } from '../../../../projections/plain-fold.js';

export interface Shown {
  readonly tasks: ReadonlyMap<string, TaskDocument>;
  readonly runs: ReadonlyMap<string, TaskRunDocument>;
  readonly blocks: ReadonlyMap<string, TaskRunBlockDocument>;
  readonly notices: ReadonlyMap<string, TaskNotificationDocument>;
}

export const NOTHING: Shown = { tasks: new Map(), runs: new Map(), blocks: new Map(), notices: new Map() };

/** Returns the documents after one more event. */
export function shownAfter({ tasks, runs, blocks, notices }: Shown, event: RecordedMusterEvent): Shown {
  return {
    tasks: after(taskModel, tasks, event),
    runs: after(taskRuns, runs, event),
    blocks: after(taskRunBlocks, blocks, event),
    notices: after(taskNotifications, notices, event),
  };
}

function after<Document>(
  model: Projection,
  documents: ReadonlyMap<string, Document>,
  event: RecordedMusterEvent,
): ReadonlyMap<string, Document> {
  if (!model.events.includes(event.type) || model.touches(event).length === 0) return documents;
  return foldOn(model, new Map(documents), event) as ReadonlyMap<string, Document>;
}
