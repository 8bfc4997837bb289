import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { DUE_IMMEDIATELY, dueValue } from '#domain/work/due.js';
import {
  isAwaited,
  isAfter,
  type Dependencies,
  type DependencyCondition,
} from '#domain/tasks/task/dependencies.js';
import { taskEvents } from '#domain/tasks/task/events.js';
import type { AwaitedEnd } from '#domain/tasks/task/dependency-decision.js';
import { projection, type Touch } from '#domain/kernel/projection.js';

/** `taskChains`, id = `<dependent task>.<awaited task>`. Indexes: `task`, `after` (the two numbers), `due` (an end has yet to be decided). */
export interface TaskDependencyDocument {
  readonly taskId: number;
  readonly after: number;
  readonly on: DependencyCondition;
  readonly ends: readonly AwaitedEnd[];
}

const EVENTS = {
  ...only(taskEvents, 'TaskCreated', 'TaskUpdated', 'TaskDeleted'),
  ...only(taskEvents, 'TaskRunEnded', 'TaskRunsCancelled', 'TaskChainDecided'),
};
type Event = RecordedOf<typeof EVENTS>;

/** Dependencies between tasks, and ends of runs that have yet to start a dependent task. A document is deleted with either task. */
export const taskDependencies = projection<TaskDependencyDocument, typeof EVENTS>({
  name: 'taskChains',
  version: 1,
  events: EVENTS,
  indexes: {
    task: ({ taskId }) => String(taskId),
    after: ({ after }) => String(after),
    due: ({ ends }) => dueValue(ends.length > 0 ? DUE_IMMEDIATELY : undefined),
  },
  touches,
  evolve,
});

function touches({ type, data }: Event): readonly Touch[] {
  switch (type) {
    case 'TaskCreated':
      return linksOf(data.taskId, data.definition.after);
    case 'TaskUpdated':
      return [{ where: 'task', equals: String(data.taskId) }, ...linksOf(data.taskId, data.definition.after)];
    case 'TaskDeleted':
      return ['task', 'after'].map((where) => ({ where, equals: String(data.taskId) }));
    case 'TaskRunEnded':
    case 'TaskRunsCancelled':
      return [{ where: 'after', equals: String(data.taskId) }];
    case 'TaskChainDecided':
      return [linkId(data.taskId, data.after.taskId)];
  }
}

function linksOf(taskId: number, after: Dependencies | undefined): string[] {
  return after === undefined ? [] : after.tasks.map((each) => linkId(taskId, each));
}

function linkId(taskId: number, after: number): string {
  return `${taskId}.${after}`;
}

function evolve(
  link: TaskDependencyDocument | undefined,
  { type, data, revision, metadata: { at } }: Event,
  id: string,
): TaskDependencyDocument | undefined {
  switch (type) {
    case 'TaskCreated':
    case 'TaskUpdated':
      return linked(link, data.taskId, data.definition.after, id);
    case 'TaskDeleted':
      return undefined;
    case 'TaskRunEnded':
      return (
        link && waiting(link, [{ taskId: data.taskId, run: data.run, revision, at, outcome: data.outcome }])
      );
    case 'TaskRunsCancelled': {
      const runs = [...data.runs].sort((a, b) => a - b);
      return (
        link &&
        waiting(
          link,
          runs.map((run) => ({ taskId: data.taskId, run, revision, at, outcome: 'cancelled' })),
        )
      );
    }
    case 'TaskChainDecided':
      return link && { ...link, ends: link.ends.filter((end) => isAfter(end, data.after)) };
  }
}

function linked(
  link: TaskDependencyDocument | undefined,
  taskId: number,
  chain: Dependencies | undefined,
  id: string,
): TaskDependencyDocument | undefined {
  const after = link?.after ?? chain?.tasks.find((each) => linkId(taskId, each) === id);
  if (after === undefined || chain?.tasks.includes(after) !== true) return undefined;
  if (link === undefined) return { taskId, after, on: chain.on, ends: [] };
  return link.on === chain.on
    ? link
    : { ...link, on: chain.on, ends: link.ends.filter(({ outcome }) => isAwaited(chain.on, outcome)) };
}

function waiting(link: TaskDependencyDocument, ended: readonly AwaitedEnd[]): TaskDependencyDocument {
  const awaited = ended.filter(({ outcome }) => isAwaited(link.on, outcome));
  return awaited.length === 0 ? link : { ...link, ends: [...link.ends, ...awaited] };
}
