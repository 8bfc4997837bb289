import { NAME_PATIENCE } from '#domain/held-name.js';
import { isOver, tasks, type PresentTask } from '#domain/task/index.js';
import type { PresentEnvironment } from '#domain/environment/index.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks.js';
import { read } from '#src/surfaces/kit/index.js';
import { runningOf } from './executions.js';
import { workOf } from './task-view.js';
import type { CondaSurface } from './surface.js';

/** Tasks that refer to an environment. */
export interface References {
  /** Of those that may run yet, the paths of their scripts; of one that has none its name. */
  readonly living: readonly string[];
  /** Those that will not run any more, and those that were never made. */
  readonly over: readonly number[];
}

/** Looks at the stream of each. */
export async function referencesTo({ parts: { executor, clock } }: CondaSurface, environment: PresentEnvironment): Promise<References> {
  const [living, over]: [string[], number[]] = [[], []];
  for (const { task, at } of environment.tasks) {
    const state = await executor.load(tasks, String(task));
    if (state.kind === 'present') {
      if (isOver(state)) over.push(task);
      else living.push(calledBy(state));
    } else if (state.kind === 'deleted' || clock.now() - at > NAME_PATIENCE) over.push(task);
    // It was referred to a moment ago: it is about to be made.
    else living.push(`task ${task}`);
  }
  return { living, over };
}

/** The tasks that run in an environment now, likewise. */
export async function runningIn(surface: CondaSurface, { tenantId, environmentId }: Pick<PresentEnvironment, 'tenantId' | 'environmentId'>): Promise<string[]> {
  const running: string[] = [];
  for (const { pin, taskId } of (await runningOf(surface, tenantId)).values()) {
    const stored = pin?.environmentId === environmentId ? await surface.parts.readModels.get(taskModel.name, String(taskId)) : undefined;
    if (stored !== undefined) running.push(calledBy(read<TaskDocument>(stored)));
  }
  return running;
}

/** Path of its script; its name, where the script is none. */
function calledBy(task: Pick<PresentTask, 'definition'>): string {
  const { script } = workOf(task);
  return 'path' in script ? script.path : task.definition.name;
}
