import { MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { taskErrors } from '../task/errors.js';
import type { TaskDependencyEvent } from './events.js';
import { checkDependencies } from './graph.js';

/** A change that has not reached its task after this time was abandoned because its server stopped. */
export const CHANGE_TIMEOUT_MS = 60_000;

export interface DependencyChange {
  readonly after: readonly number[];
  readonly since: number;
}

export interface DependencyChanges {
  readonly count: number;
  /** The latest change of each task that may still be in progress, by task number. */
  readonly recent: ReadonlyMap<number, DependencyChange>;
}

/** Dependencies by task number, as recorded in the tasks themselves. Contains only existing tasks of the tenant. */
export type ShownDependencies = ReadonlyMap<number, readonly number[]>;

export interface SetDependencies {
  readonly kind: 'set';
  readonly tenantId: string;
  readonly taskId: number;
  readonly after: readonly number[];
  /** Dependencies of the task and of all tasks that the search for a cycle visits, as read when there were `count` changes. */
  readonly shown: ShownDependencies;
  readonly count: number;
  readonly now: number;
}

/** Reverts a change whose task was not updated. */
export interface GiveUpDependencies {
  readonly kind: 'giveUp';
  readonly tenantId: string;
  readonly taskId: number;
  /** The dependencies that the abandoned change recorded. If different ones are recorded, there was a later change. */
  readonly wanted: readonly number[];
  /** The task's unchanged dependencies. */
  readonly after: readonly number[];
  readonly now: number;
}

export type TaskDependencyCommand = SetDependencies | GiveUpDependencies;

/**
 * Decides the changes of a tenant's dependencies one after the other, since each append expects an exact revision. Throws `MUSTER_E_INVALID` for a
 * cycle or a missing task, and `MUSTER_E_TASK_DEPENDENCIES_CHANGING` if a change was recorded after `shown` was read, or if another change of the
 * same task is in progress.
 */
export const taskDependencyDecider: Decider<TaskDependencyCommand, TaskDependencyEvent, DependencyChanges> = {
  initialState: { count: 0, recent: new Map() },
  decide(command, changes) {
    const { tenantId, taskId, after, now } = command;
    const recorded = changeUnderWay(changes, taskId, now)?.after;
    const set: TaskDependencyEvent = {
      type: 'TaskDependenciesSet',
      data: { tenantId, taskId, after: [...after] },
    };
    if (command.kind === 'giveUp')
      return recorded !== undefined && areSame(recorded, command.wanted) ? [set] : [];
    const { shown, count } = command;
    const before = shown.get(taskId) ?? [];
    const isRecorded = recorded !== undefined && areSame(recorded, after);
    if (changes.count !== count || (recorded !== undefined && !isRecorded && !areSame(recorded, before)))
      throw new MusterError(taskErrors.MUSTER_E_TASK_DEPENDENCIES_CHANGING, { taskId });
    checkDependencies({ taskId, after, before }, (each) => dependenciesNow(changes, shown, each, now));
    return isRecorded ? [] : [set];
  },
  evolve({ count, recent }, { data, metadata }) {
    const young = [...recent].filter(([, { since }]) => metadata.at - since < CHANGE_TIMEOUT_MS);
    return {
      count: count + 1,
      recent: new Map([...young, [data.taskId, { after: data.after, since: metadata.at }]]),
    };
  },
};

/** Returns the task's dependencies, including those of a change in progress, or undefined if there is no such task. */
export function dependenciesNow(
  changes: DependencyChanges,
  shown: ShownDependencies,
  taskId: number,
  now: number,
): readonly number[] | undefined {
  const after = shown.get(taskId);
  const coming = changeUnderWay(changes, taskId, now)?.after ?? [];
  return after === undefined ? undefined : [...new Set([...after, ...coming])];
}

export function areSame(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function changeUnderWay(
  { recent }: DependencyChanges,
  taskId: number,
  now: number,
): DependencyChange | undefined {
  const change = recent.get(taskId);
  return change !== undefined && now - change.since < CHANGE_TIMEOUT_MS ? change : undefined;
}
