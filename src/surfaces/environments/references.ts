import { NAME_RESERVATION_TIMEOUT_MS } from '#domain/kernel/held-name.js';
import { isOver, tasks, type PresentTask } from '#domain/tasks/task/index.js';
import type { PresentEnvironment } from '#domain/environments/environment/index.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { read } from '#src/http/index.js';
import { runningOf } from './executions.js';
import { workOf } from './task-view.js';
import type { CondaSurface } from './surface.js';

export interface References {
  readonly living: readonly string[];
  readonly over: readonly number[];
}

export async function referencesTo(
  { parts: { executor, clock } }: CondaSurface,
  environment: PresentEnvironment,
): Promise<References> {
  const [living, over]: [string[], number[]] = [[], []];
  for (const { task, at } of environment.tasks) {
    const state = await executor.load(tasks, String(task));
    if (state.kind === 'present') {
      if (isOver(state)) over.push(task);
      else living.push(calledBy(state));
    } else if (state.kind === 'deleted' || clock.now() - at > NAME_RESERVATION_TIMEOUT_MS) over.push(task);
    else living.push(`task ${task}`);
  }
  return { living, over };
}

export async function runningIn(
  surface: CondaSurface,
  { tenantId, environmentId }: Pick<PresentEnvironment, 'tenantId' | 'environmentId'>,
): Promise<string[]> {
  const running: string[] = [];
  for (const { pin, taskId } of (await runningOf(surface, tenantId)).values()) {
    const stored =
      pin?.environmentId === environmentId
        ? await surface.parts.readModels.get(taskModel.name, String(taskId))
        : undefined;
    if (stored !== undefined) running.push(calledBy(read<TaskDocument>(stored)));
  }
  return running;
}

function calledBy(task: Pick<PresentTask, 'definition'>): string {
  const { script } = workOf(task);
  return 'path' in script ? script.path : task.definition.name;
}
