import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  areSame,
  checkDependencies,
  dependenciesNow,
  MAX_VISITED,
  taskDependencies,
  type DependencyChanges,
  type ShownDependencies,
} from '#domain/tasks/dependencies/index.js';
import { taskErrors, type PresentTask } from '#domain/tasks/task/index.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';

export interface TaskDependenciesOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  readonly find: (taskId: number) => Promise<PresentTask | undefined>;
}

/** The task whose dependencies change, and its tenant. */
interface Dependent {
  readonly tenantId: string;
  readonly taskId: number;
}

/** Maximum number of attempts to decide a change if the dependencies of other tasks change in the meantime. */
const MAX_ATTEMPTS = 20;

/** Records dependencies in the tenant's stream before a task adopts them. */
export class TaskDependencies {
  constructor(private readonly options: TaskDependenciesOptions) {}

  /** Throws `MUSTER_E_INVALID` if the dependencies of a task that does not exist yet are invalid. */
  async checkNew(tenantId: string, after: readonly number[]): Promise<void> {
    const shown = new Map<number, readonly number[]>();
    for (const each of after) {
      const dependencies = await this.#shownBy(tenantId, each);
      if (dependencies !== undefined) shown.set(each, dependencies);
    }
    checkDependencies({ taskId: undefined, after, before: [] }, (each) => shown.get(each));
  }

  /**
   * Records the task's new dependencies if they differ. Returns its present dependencies, which the task update that follows must expect. Throws
   * `MUSTER_E_INVALID` and `MUSTER_E_TASK_DEPENDENCIES_CHANGING`.
   */
  async set(
    { tenantId, taskId }: Dependent,
    after: readonly number[],
    context: CommandContext,
  ): Promise<readonly number[]> {
    const { executor, clock } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      // Most updates do not change dependencies, so they need not read other tasks.
      const before = (await this.#shownBy(tenantId, taskId)) ?? [];
      if (areSame(before, after)) return before;
      const changes = await executor.load(taskDependencies, tenantId);
      const now = clock.now();
      const shown = await this.#shown({ tenantId, taskId }, after, changes, now);
      const command = { kind: 'set', tenantId, taskId, after, shown, count: changes.count, now } as const;
      try {
        await executor.execute(taskDependencies, tenantId, command, once(context));
        return shown.get(taskId) ?? [];
      } catch (error) {
        const isChanging = isMusterError(error, taskErrors.MUSTER_E_TASK_DEPENDENCIES_CHANGING);
        if (!isChanging || attempt === MAX_ATTEMPTS) throw error;
        // Retry only if other changes were recorded in the meantime.
        if ((await executor.load(taskDependencies, tenantId)).count === changes.count) throw error;
      }
    }
  }

  /** Reverts what `set` recorded, because the task was not updated. */
  async giveUp(
    { tenantId, taskId }: Dependent,
    wanted: readonly number[],
    context: CommandContext,
  ): Promise<void> {
    const { executor, clock } = this.options;
    const after = (await this.#shownBy(tenantId, taskId)) ?? [];
    const command = { kind: 'giveUp', tenantId, taskId, wanted, after, now: clock.now() } as const;
    await executor.execute(taskDependencies, tenantId, command, once(context));
  }

  /** Returns the dependencies of the task and of its new direct and indirect dependencies, up to the limit of the search. */
  async #shown(
    { tenantId, taskId }: Dependent,
    after: readonly number[],
    changes: DependencyChanges,
    now: number,
  ): Promise<ShownDependencies> {
    const shown = new Map<number, readonly number[]>();
    const waiting = [taskId, ...after];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (shown.has(next) || shown.size > MAX_VISITED + 1) continue;
      const dependencies = await this.#shownBy(tenantId, next);
      if (dependencies === undefined) continue;
      shown.set(next, dependencies);
      if (next !== taskId) waiting.push(...(dependenciesNow(changes, shown, next, now) ?? []));
    }
    return shown;
  }

  async #shownBy(tenantId: string, taskId: number): Promise<readonly number[] | undefined> {
    const task = await this.options.find(taskId);
    return task?.tenantId === tenantId ? (task.definition.after?.tasks ?? []) : undefined;
  }
}
