import { counters, numberOf } from '#domain/kernel/counter/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Recorded } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { SLOTS } from '#domain/kernel/resources.js';
import { taskNameErrors, taskNameReservation, taskNames } from '#domain/tasks/name/index.js';
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
} from '#src/engine/commands/index.js';
import type { Quotas } from '#src/accounts/index.js';
import { checkChain, type Follower } from './chain.js';
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

/** A task that has a number and a name but is not created yet. */
export interface BegunTask {
  readonly taskId: number;
  readonly tenantId: string;
  readonly name: string;
  readonly reservation: string;
}

export interface TaskChange {
  readonly task: PresentTask;
  /** Time of the change in milliseconds since the epoch; undefined if nothing had to change. */
  readonly at: number | undefined;
  readonly position: bigint | undefined;
}

/** Decisions of a backfill. Times are in milliseconds since the epoch. */
export interface Backfilled {
  readonly runs: readonly { readonly slot: number; readonly run: number }[];
  readonly leftOut: readonly { readonly slot: number; readonly reason: LeftOutReason }[];
  readonly position: bigint | undefined;
}

export type Triggered = Extract<Recorded<TaskEvent>, { type: 'TaskTriggered' }>;

/** Commands for scheduled tasks. A name is reserved before a task uses it, and released once no task does. */
export class Tasks {
  readonly #places: TaskQuota;

  constructor(private readonly options: TasksOptions) {
    this.#places = new TaskQuota({
      ...options,
      isThere: async (taskId) => (await this.find(taskId)) !== undefined,
    });
  }

  /** Refuses a task whose runs or notifications could never be within the quotas. Throws `MUSTER_E_QUOTA_TOO_SMALL`. */
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

  /** Repeated with the same `Idempotency-Key` it returns the same task. Throws `MUSTER_E_TASK_NAME_TAKEN`, `MUSTER_E_INVALID`, and the errors of quotas. */
  async create(maker: Maker, definition: TaskDefinition, context: CommandContext): Promise<TaskChange> {
    // This comes before a number and a name are reserved.
    this.checkTiming(definition);
    await this.demand(maker, definition, context);
    await this.#checkChain({ tenantId: maker.tenantId, after: definition.after, before: undefined });
    return await this.make(
      await this.begin(maker, () => definition.name, context),
      maker,
      definition,
      context,
    );
  }

  /**
   * Reserves a number and a name for a task. Repeated with the same `Idempotency-Key` it returns the same ones. Throws `MUSTER_E_TASK_NAME_TAKEN`,
   * `MUSTER_E_QUOTA`.
   */
  async begin(
    maker: Maker,
    named: (taskId: number) => string,
    context: CommandContext,
    surface?: 'conda',
  ): Promise<BegunTask> {
    const { tenantId } = maker;
    // This comes before a number and a name are reserved.
    const isRepeated = (await this.options.executor.repeated(counters, 'task', context)) !== undefined;
    if (!isRepeated) await this.#places.check(maker, context);
    const taken = await this.options.executor.execute(
      counters,
      'task',
      { counter: 'task', for: context.commandId },
      context,
    );
    const [number] = taken.events;
    if (number === undefined) throw new Error('a counter gave no number');
    const taskId = numberOf(number);
    const name = named(taskId);
    const reservation = taskNameReservation(tenantId, name, surface);
    await this.#reserve(reservation, taskId, name, context);
    try {
      await this.#places.take(maker, taskId, context);
    } catch (error) {
      await this.#release(reservation, taskId, context);
      throw error;
    }
    return { taskId, tenantId, name, reservation };
  }

  /**
   * Creates the task that was begun; releases its name if that fails. Throws `MUSTER_E_INVALID`. `now`: start of its slots, in milliseconds since the epoch.
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
      await this.#release(reservation, taskId, context);
      throw error;
    }
  }

  /** Releases the name of a task that was begun and will not be created. */
  async giveUp({ taskId, tenantId, reservation }: BegunTask, context: CommandContext): Promise<void> {
    if ((await this.find(taskId)) !== undefined) return;
    await this.#places.give(tenantId, taskId, context);
    await this.#release(reservation, taskId, context);
  }

  /** Throws like `create`, and `MUSTER_E_TASK_NOT_FOUND`. */
  async update(
    former: PresentTask,
    definition: TaskDefinition,
    context: CommandContext,
  ): Promise<TaskChange> {
    const { taskId, tenantId, nameReservation: before, createdBy } = former;
    await this.demand({ tenantId, userId: createdBy }, definition, context);
    const nameReservation = taskNameReservation(tenantId, definition.name);
    const follower = { taskId, tenantId, after: definition.after, before: former.definition.after };
    await this.#checkChain(follower);
    if (nameReservation !== before) await this.#reserve(nameReservation, taskId, definition.name, context);
    const told = await this.#execute(
      taskId,
      { kind: 'update', taskId, definition, nameReservation, ...(await this.#moment(former)) },
      context,
    );
    try {
      // Another task may have become dependent on this one meanwhile: of two updates that form a cycle, the later one sees it here.
      await this.#checkChain(follower);
    } catch (error) {
      const back = {
        kind: 'update' as const,
        taskId,
        definition: former.definition,
        nameReservation: before,
        ...(await this.#moment(former)),
      };
      await this.#execute(taskId, back, once(context));
      if (nameReservation !== before) await this.#release(nameReservation, taskId, context);
      throw error;
    }
    if (nameReservation !== before) await this.#release(before, taskId, context);
    return told;
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
    await this.#release(nameReservation, taskId, context);
    return position;
  }

  /** Creates a run. Throws `MUSTER_E_TASK_DISABLED`, `MUSTER_E_TASK_NOT_PERMITTED`, `MUSTER_E_TASK_TOO_MANY_RUNS`. */
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

  /** Decides past slots. Throws `MUSTER_E_TASK_DISABLED`, `MUSTER_E_TASK_NOT_PERMITTED`, and `MUSTER_E_INVALID` for an impossible period. */
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

  /** The task from its stream; undefined if there is none. */
  async find(taskId: number): Promise<PresentTask | undefined> {
    const state = await this.options.executor.load(tasks, String(taskId));
    return state.kind === 'present' ? state : undefined;
  }

  async #checkChain(follower: Follower): Promise<void> {
    await checkChain(follower, async (taskId) => await this.find(taskId));
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

  async #reserve(reservation: string, taskId: number, name: string, context: CommandContext): Promise<void> {
    const { executor, clock } = this.options;
    const reserve = async (strayed?: number): Promise<unknown> =>
      await executor.execute(
        taskNames,
        reservation,
        {
          kind: 'reserve',
          reservation,
          holder: taskId,
          called: name,
          now: clock.now(),
          ...(strayed !== undefined && { strayed }),
        },
        once(context),
      );
    try {
      await reserve();
    } catch (error) {
      const held = isMusterError(error, taskNameErrors.MUSTER_E_TASK_NAME_TAKEN)
        ? await executor.load(taskNames, reservation)
        : undefined;
      if (held?.kind !== 'held' || (await this.find(held.holder))?.nameReservation === reservation)
        throw error;
      await reserve(held.holder);
    }
  }

  async #release(reservation: string, taskId: number, context: CommandContext): Promise<void> {
    await this.options.executor.execute(
      taskNames,
      reservation,
      { kind: 'release', reservation, holder: taskId },
      once(context),
    );
  }
}
