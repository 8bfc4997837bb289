import { randomUUID } from 'node:crypto';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest, AppendResult, EventStore } from '#domain/kernel/ports/event-store.js';
import { CLOCK_TOLERANCE_MS, taskErrors, tasks, type TaskCommand } from '#domain/tasks/task/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { StoreCommandExecutor } from '#src/engine/commands/command-executor.js';
import { settle } from '#src/fleet/owned-work/settle.js';
import { dropWork as dropWorkOf } from '#src/fleet/tasks/drop-work.js';
import { notificationWork as noticeWorkOf } from '#src/surfaces/tasks/notification-work.js';
import { runWork as runWorkOf, slotWork as slotWorkOf } from '#src/fleet/tasks/work.js';
import { openTestSealer } from '../../../../fixtures/sealer.js';
import type { Crossing } from './crossing.js';
import type { Fate } from './move.js';
import type { Shown } from './shown.js';

/** The one task of a history. */
export const TASK = 1;

// A history has no secrets, and no task that waits for another.
const runWork = runWorkOf({
  executor: undefined as never,
  sealer: undefined as never,
  readModels: undefined as never,
});
const slotWork = slotWorkOf(
  { momentOf: (_task, now) => Promise.resolve({ now, permitted: true }) },
  { readModels: undefined as never },
);
const dropWork = dropWorkOf();
// Its runs return no results.
const noticeWork = noticeWorkOf({
  sealer: await openTestSealer(),
  results: { read: () => Promise.resolve(undefined) },
});

/** A history has few streams. */
const ROOM = { entries: 32, bytes: 1024 * 1024 };

export interface ServerParts {
  readonly store: EventStore;
  readonly crossing: Crossing;
  /** Milliseconds since 1970, by the common clock. */
  readonly now: () => number;
  /** The state of read models this many events behind the log. */
  readonly shown: (behind: number) => Shown;
}

/** A server process, from its start to its end. */
interface Life {
  readonly executor: StoreCommandExecutor;
  readonly killed: Promise<void>;
}

/**
 * One server: the real executor over the one store, the real steps of the loop, and read models with a
 * configurable lag.
 */
export class HistoryServer {
  /** Milliseconds by which its clock is ahead of the common clock. */
  skew = 0;
  #life: Life | undefined;
  /** Number of appends that succeed before the fate. */
  #until = 0;
  #fate: Fate | undefined;

  /** Tolerated difference between clocks, in milliseconds. If set, the next check also handles items that wait too far ahead. */
  #toleranceMs: number | undefined;

  constructor(private readonly parts: ServerParts) {}

  /** Reacts to a change of its clock, like the clock watch. */
  stepped(byMs: number): void {
    if (byMs < 0) this.#toleranceMs = 0;
  }

  get now(): number {
    return this.parts.now() + this.skew;
  }

  /** Sets the fate of an append, counted from 0. */
  expect(append: number, fate: Fate | undefined): void {
    [this.#until, this.#fate] = [append, fate];
  }

  /**
   * Processes everything that its read models show as due, as the loop does. Returns the failures, such as
   * that another server was first, or that the store is unavailable.
   */
  async look(behind: number): Promise<readonly unknown[]> {
    const life = this.#alive();
    const shown = this.parts.shown(behind);
    const due = [
      ...[...shown.tasks.values()]
        .filter((task) => (slotWork.dueAt(task) ?? Infinity) <= this.now)
        .map((task) => [slotWork, task] as const),
      ...[...shown.runs.values()]
        .filter((run) => (runWork.dueAt(run) ?? Infinity) <= this.now)
        .map((run) => [runWork, run] as const),
      ...[...shown.notices.values()]
        .filter((notice) => (noticeWork.dueAt(notice) ?? Infinity) <= this.now)
        .map((notice) => [noticeWork, notice] as const),
      ...[...shown.blocks.values()]
        .filter((block) => dropWork.dueAt(block) !== undefined)
        .map((block) => [dropWork, block] as const),
    ];
    const parts = {
      executor: life.executor,
      eventStore: this.parts.store,
      clock: this.#clock(),
      ids: { uuid: randomUUID },
    };
    const toleranceMs = this.#toleranceMs;
    this.#toleranceMs = undefined;
    const ahead =
      toleranceMs === undefined
        ? []
        : [
            ...[...shown.tasks.values()]
              .filter((task) => slotWork.isAhead?.(task, this.now, toleranceMs))
              .map((task) => [slotWork, task] as const),
            ...[...shown.runs.values()]
              .filter((run) => runWork.isAhead?.(run, this.now, toleranceMs))
              .map((run) => [runWork, run] as const),
            ...[...shown.notices.values()]
              .filter((notice) => noticeWork.isAhead?.(notice, this.now, toleranceMs))
              .map((notice) => [noticeWork, notice] as const),
          ];
    const done = Promise.allSettled([
      ...due.map(async ([work, document]) => await settle(work, document, parts)),
      ...ahead.map(async ([work, document]) => await settle(work, document, parts, toleranceMs)),
    ]);
    const all = await Promise.race([done, life.killed]);
    return (all ?? []).flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  }

  /**
   * Executes a user's command. Returns the reason for a refusal, or undefined if the command was accepted or the
   * user got no response.
   */
  async ask(command: TaskCommand, key: string | undefined): Promise<unknown> {
    const life = this.#alive();
    const context: CommandContext = {
      commandId: key ?? randomUUID(),
      repeatable: key !== undefined,
      bodyDigest: '',
      correlationId: 'c',
      causationId: 'c',
      actor: 'user:u1',
      surface: 'tasks',
    };
    const work = life.executor.execute(tasks, String(TASK), command, context).then(
      () => undefined,
      (error: unknown) => error,
    );
    return await Promise.race([work, life.killed]);
  }

  async close(): Promise<void> {
    await this.#life?.executor.close();
  }

  /** Returns its process. After a kill it starts a new one, with an empty memory. */
  #alive(): Life {
    if (this.#life !== undefined) return this.#life;
    this.#toleranceMs ??= CLOCK_TOLERANCE_MS;
    let kill = (): void => undefined;
    const killed = new Promise<void>((resolve) => (kill = resolve));
    const store = this.#storeOf(() => {
      void executor.close();
      this.#life = undefined;
      kill();
    });
    const executor = new StoreCommandExecutor(
      { store, clock: this.#clock(), writer: randomUUID(), cache: ROOM },
      -1n,
      undefined,
    );
    return (this.#life = { executor, killed });
  }

  #clock(): Clock {
    return { now: () => this.now, monotonic: () => 0, sleep: () => Promise.resolve() };
  }

  /** The store as a process sees it until it is killed. */
  #storeOf(kill: () => void): EventStore {
    const { store, crossing } = this.parts;
    let dead = false;
    const never = new Promise<never>(() => undefined);
    const die = async (): Promise<never> => {
      dead = true;
      kill();
      return await never;
    };
    const append = async (request: AppendRequest): Promise<AppendResult> => {
      await crossing.pass();
      if (dead) return await never;
      const fate = this.#until === 0 ? this.#fate : undefined;
      this.#until -= 1;
      if (fate === 'killed before') return await die();
      if (fate === 'not sent') throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: fate });
      const result = await store.append(request);
      if (fate === 'killed after') return await die();
      if (fate === 'answer lost') throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: fate });
      return result;
    };
    return {
      id: store.id,
      head: () => store.head(),
      readAll: (options) => store.readAll(options),
      close: () => Promise.resolve(),
      append,
      async *readStream(stream, options) {
        await crossing.pass();
        if (dead) await never;
        yield* store.readStream(stream, options);
      },
      // No history is cleared.
      async *subscribe({ signal } = {}) {
        await new Promise<void>((ended) => signal?.addEventListener('abort', () => ended(), { once: true }));
      },
      truncateBefore: refused,
      deleteStream: refused,
      tombstoneStream: refused,
    };
  }
}

/** Returns whether loops and users must tolerate the failure. */
export function isExpected(problem: unknown): boolean {
  const {
    MUSTER_E_TASK_NOT_FOUND,
    MUSTER_E_TASK_DISABLED,
    MUSTER_E_TASK_RUN_NOT_FOUND,
    MUSTER_E_TASK_RUN_ENDED,
  } = taskErrors;
  const ofTasks = [
    MUSTER_E_TASK_NOT_FOUND,
    MUSTER_E_TASK_DISABLED,
    MUSTER_E_TASK_RUN_NOT_FOUND,
    MUSTER_E_TASK_RUN_ENDED,
  ];
  return isMusterError(problem, 'MUSTER_E_INVALID') || ofTasks.some((each) => isMusterError(problem, each));
}

function refused(): Promise<never> {
  return Promise.reject(new Error('nothing is taken away from a log'));
}
