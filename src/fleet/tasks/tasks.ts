import { counters, numberOf } from '#domain/kernel/counter/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Recorded } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { SLOTS } from '#domain/kernel/resources.js';
import { areSame } from '#domain/tasks/dependencies/index.js';
import {
  taskNameErrors,
  taskNameReservation,
  taskNames,
  type TaskNameEvent,
} from '#domain/tasks/name/index.js';
import {
  checkTiming,
  leftOut,
  slotsOf,
  taskErrors,
  tasks,
  type BackfillSpan,
  type LeftOutReason,
  type Moment,
  type PresentTask,
  type TaskCommand,
  type TaskDefinition,
  type TaskEvent,
  type TaskStatus,
  type TaskState,
} from '#domain/tasks/task/index.js';
import {
  once,
  type CommandContext,
  type CommandExecutor,
  type Executed,
} from '#domain/kernel/ports/command-executor.js';
import { HeldNames } from '#src/engine/commands/index.js';
import type { Quotas } from '#src/accounts/index.js';
import { TaskDependencies } from './dependencies.js';
import type { Execution, OwnedTask } from './execution.js';
import { TaskQuota } from './task-quota.js';

export interface TasksOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  readonly execution: Pick<Execution, 'permits' | 'momentOf'>;
  readonly quotas: Quotas;
  readonly inWords: (error: unknown) => unknown;
}

export interface Maker {
  readonly tenantId: string;
  readonly userId: string;
}

export interface BegunTask {
  readonly taskId: number;
  readonly tenantId: string;
  readonly name: string;
  readonly reservation: string;
}

export interface TaskChange {
  readonly task: PresentTask;
  /** Time of the change, in milliseconds since the epoch. Undefined if nothing had to change. */
  readonly at: number | undefined;
  readonly position: bigint | undefined;
}

export interface Backfilled {
  readonly runs: readonly { readonly slot: number; readonly run: number }[];
  readonly leftOut: readonly { readonly slot: number; readonly reason: LeftOutReason }[];
  readonly position: bigint | undefined;
}

export type DecidedNotice = Extract<Recorded<TaskEvent>, { type: 'TaskNoticeDecided' }>;
export type Triggered = Extract<Recorded<TaskEvent>, { type: 'TaskTriggered' }>;

/** Commands for scheduled tasks. A name is reserved before a task uses it, and released once no task uses it. */
export class Tasks {
  readonly #places: TaskQuota;
  readonly #names: HeldNames<number, TaskNameEvent>;
  readonly #dependencies: TaskDependencies;

  constructor(private readonly options: TasksOptions) {
    const find = async (taskId: number): Promise<PresentTask | undefined> => await this.find(taskId);
    this.#places = new TaskQuota({
      ...options,
      isThere: async (taskId) => (await find(taskId)) !== undefined,
    });
    this.#names = new HeldNames({
      ...options,
      names: taskNames,
      taken: taskNameErrors.MUSTER_E_TASK_NAME_TAKEN,
      adoption: async (taskId, reservation) =>
        (await find(taskId))?.nameReservation === reservation ? 'adopted' : 'pending',
    });
    this.#dependencies = new TaskDependencies({ ...options, find });
  }

  /** Throws `MUSTER_E_QUOTA_TOO_SMALL` if the runs or notifications of the task could never be within the quotas. */
  async demand(
    { tenantId, userId }: Maker,
    { resources, notify }: Pick<TaskDefinition, 'resources' | 'notify'>,
    context: CommandContext,
  ): Promise<void> {
    const { [SLOTS]: slots = 1, cpu = 0, memory = 0 } = resources;
    const demand = {
      slots: Math.max(1, slots),
      cpu,
      memory,
      ...(notify !== undefined && { notifications: 1 }),
    };
    await this.options.quotas.demand({ tenantId, account: userId }, demand, context);
  }

  /** A repeat with the same `Idempotency-Key` returns the same task. Throws `MUSTER_E_TASK_NAME_TAKEN`, `MUSTER_E_INVALID`, and the errors of quotas. */
  async create(maker: Maker, definition: TaskDefinition, context: CommandContext): Promise<TaskChange> {
    this.checkTiming(definition);
    await this.demand(maker, definition, context);
    await this.#dependencies.checkNew(maker.tenantId, definition.after?.tasks ?? []);
    return await this.make(
      await this.begin(maker, () => definition.name, context),
      maker,
      definition,
      context,
    );
  }

  /**
   * Reserves a number and a name for a task. A repeat with the same `Idempotency-Key` returns the same number and name. Throws
   * `MUSTER_E_TASK_NAME_TAKEN` and `MUSTER_E_QUOTA`.
   */
  async begin(
    maker: Maker,
    named: (taskId: number) => string,
    context: CommandContext,
    surface?: 'conda',
  ): Promise<BegunTask> {
    const { tenantId } = maker;
    const isRepeated = (await this.options.executor.repeated(counters, 'task', context)) !== undefined;
    if (!isRepeated) await this.#places.check(maker, context);
    const taken = await this.options.executor.execute(
      counters,
      'task',
      { counter: 'task', for: context.commandId },
      context,
    );
    const [number] = taken.events;
    if (number === undefined) throw new Error('the counter did not assign a number');
    const taskId = numberOf(number);
    const name = named(taskId);
    const reservation = taskNameReservation(tenantId, name, surface);
    await this.#names.reserve(reservation, taskId, name, context);
    try {
      await this.#places.take(maker, taskId, context);
    } catch (error) {
      await this.#names.release(reservation, taskId, once(context));
      throw error;
    }
    return { taskId, tenantId, name, reservation };
  }

  /**
   * Creates the task that `begin` reserved, or releases its name and place if that fails. Throws `MUSTER_E_INVALID`. `now`: start of its schedule slots, in
   * milliseconds since the epoch.
   */
  async make(
    { taskId, reservation }: BegunTask,
    { tenantId, userId }: Maker,
    definition: TaskDefinition,
    context: CommandContext,
    now = this.options.clock.now(),
  ): Promise<TaskChange> {
    const task = { taskId, nameReservation: reservation, tenantId, createdBy: userId, definition };
    try {
      return await this.#execute(taskId, { kind: 'create', task, now }, once(context));
    } catch (error) {
      await this.#places.give(tenantId, taskId, context);
      await this.#names.release(reservation, taskId, once(context));
      throw error;
    }
  }

  async giveUp({ taskId, tenantId, reservation }: BegunTask, context: CommandContext): Promise<void> {
    if ((await this.find(taskId)) !== undefined) return;
    await this.#places.give(tenantId, taskId, context);
    await this.#names.release(reservation, taskId, once(context));
  }

  /**
   * `former`: the task from whose definition the new one was made. Throws the same errors as `create`, `MUSTER_E_TASK_NOT_FOUND`,
   * `MUSTER_E_TASK_DEPENDENCIES_CHANGING`, and `MUSTER_E_TASK_CHANGED` if the definition is not the former one any more.
   */
  async update(
    former: PresentTask,
    definition: TaskDefinition,
    context: CommandContext,
  ): Promise<TaskChange> {
    const { taskId, tenantId, nameReservation: before, createdBy } = former;
    await this.demand({ tenantId, userId: createdBy }, definition, context);
    const nameReservation = taskNameReservation(tenantId, definition.name);
    const isRepeated = (await this.options.executor.repeated(tasks, String(taskId), context)) !== undefined;
    // A repeated request must not set its dependencies again, because they may have been changed in the meantime.
    const wanted = definition.after?.tasks ?? [];
    const dependsOn = isRepeated ? undefined : await this.#dependencies.set(former, wanted, context);
    const command = {
      kind: 'update',
      taskId,
      definition,
      nameReservation,
      former: former.definition,
      ...(dependsOn !== undefined && { dependsOn }),
      ...(await this.#moment(former)),
    } as const;
    try {
      if (nameReservation !== before)
        await this.#names.reserve(nameReservation, taskId, definition.name, context);
      const told = await this.#execute(taskId, command, context);
      if (nameReservation !== before) await this.#names.release(before, taskId, once(context));
      return told;
    } catch (error) {
      // If the store is unavailable, it is unknown whether it accepted the change.
      if (
        dependsOn !== undefined &&
        !areSame(dependsOn, wanted) &&
        isMusterError(error) &&
        error.status < 500
      )
        await this.#dependencies.giveUp(former, wanted, context);
      throw error;
    }
  }

  async setStatus(task: PresentTask, status: TaskStatus, context: CommandContext): Promise<TaskChange> {
    const { taskId } = task;
    return await this.#execute(
      taskId,
      { kind: 'setStatus', taskId, status, ...(await this.#moment(task)) },
      context,
    );
  }

  async delete(
    { taskId, tenantId, nameReservation }: PresentTask,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    const { position } = await this.options.executor.execute(
      tasks,
      String(taskId),
      { kind: 'delete', taskId },
      context,
    );
    await this.#places.give(tenantId, taskId, context);
    await this.#names.release(nameReservation, taskId, once(context));
    return position;
  }

  async trigger(
    task: Pick<PresentTask, 'taskId' | 'createdBy' | 'definition'>,
    triggered: Extract<TaskCommand, { kind: 'trigger' }>['triggered'],
    context: CommandContext,
  ): Promise<Triggered> {
    const { taskId } = task;
    const permitted = await this.options.execution.permits(task);
    const { events } = await this.options.executor.execute(
      tasks,
      String(taskId),
      { kind: 'trigger', taskId, permitted, triggered },
      context,
    );
    const event = events.find((each): each is Triggered => each.type === 'TaskTriggered');
    if (event === undefined) throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
    return event;
  }

  /** Sends a notification to try its URL. Throws `MUSTER_E_INVALID` if the task has no notifications. */
  async testNotice(
    { taskId }: Pick<PresentTask, 'taskId'>,
    context: CommandContext,
  ): Promise<{ readonly event: DecidedNotice; readonly position: bigint | undefined }> {
    const { events, position } = await this.options.executor.execute(
      tasks,
      String(taskId),
      { kind: 'testNotice', taskId },
      context,
    );
    const event = events.find((each): each is DecidedNotice => each.type === 'TaskNoticeDecided');
    if (event === undefined) throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
    return { event, position };
  }

  /** Decides past schedule slots. Throws `MUSTER_E_TASK_DISABLED`, `MUSTER_E_TASK_NOT_PERMITTED`, and `MUSTER_E_INVALID` for an invalid period. */
  async backfill(
    task: OwnedTask & Pick<PresentTask, 'taskId'>,
    span: BackfillSpan,
    context: CommandContext,
  ): Promise<Backfilled> {
    const { taskId } = task;
    const command = { kind: 'backfill', taskId, span, ...(await this.#moment(task)) } as const;
    try {
      const { state, events, position } = await this.options.executor.execute(
        tasks,
        String(taskId),
        command,
        context,
      );
      if (state.kind !== 'present') throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
      const made = events.find((each) => each.type === 'TaskBackfilled')?.data;
      const runs =
        made === undefined ? [] : made.slots.map((slot, index) => ({ slot, run: made.run + index }));
      const ran = new Set(made?.slots);
      const others = slotsOf(state, span).filter((slot) => !ran.has(slot));
      return {
        runs,
        leftOut: others.map((slot) => ({ slot, reason: leftOut(state, slot) ?? 'too_many' })),
        position,
      };
    } catch (error) {
      throw this.options.inWords(error);
    }
  }

  async cancel(
    taskId: number,
    run: number,
    context: CommandContext,
  ): Promise<Executed<TaskEvent, TaskState>> {
    return await this.options.executor.execute(
      tasks,
      String(taskId),
      { kind: 'cancel', taskId, run, now: this.options.clock.now() },
      context,
    );
  }

  checkTiming({ timing }: Pick<TaskDefinition, 'timing'>, now = this.options.clock.now()): void {
    try {
      checkTiming(timing, now);
    } catch (error) {
      throw this.options.inWords(error);
    }
  }

  async find(taskId: number): Promise<PresentTask | undefined> {
    const state = await this.options.executor.load(tasks, String(taskId));
    return state.kind === 'present' ? state : undefined;
  }

  async #execute(taskId: number, command: TaskCommand, context: CommandContext): Promise<TaskChange> {
    try {
      const { state, position, events } = await this.options.executor.execute(
        tasks,
        String(taskId),
        command,
        context,
      );
      if (state.kind !== 'present') throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
      return { task: state, at: events.at(-1)?.metadata.at, position };
    } catch (error) {
      throw this.options.inWords(error);
    }
  }

  async #moment(task: OwnedTask): Promise<Moment> {
    return await this.options.execution.momentOf(task, this.options.clock.now());
  }
}
