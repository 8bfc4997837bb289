import type { KillTimeouts, ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import { CommandRefusedError, type CommandOptions, type RunningCommand } from '../checks/reach.js';
import type { StartedTask, TaskSpec } from '../drivers/driver.js';
import { dropEnvironments, hasEnded, type AllocationRecord } from '../journal/record.js';
import { AllocationState, type Credentials } from './allocation-state.js';
import { LogReads } from './log-reads.js';
import { check } from './phases/check.js';
import { endUnstarted, interruption, recordExit } from './phases/end.js';
import type { StartPhase, TaskRun } from './phases/phase.js';
import { prepare } from './phases/prepare.js';
import { release, releaseLeft } from './phases/release.js';
import { adopt, interruptAfterReboot, start } from './phases/start.js';
import { stopIfHalted, stopTasks } from './phases/stop.js';
import { watch } from './phases/watch.js';
import type { RunnerParts } from './runner-parts.js';

export type WaitForResources = (allocation: Allocation, signal: AbortSignal) => Promise<void>;

const OVER = 'over';
/** Drivers whose tasks are a user's own processes. Processes of other drivers are Muster's, although they run as the tenant. */
const WITH_COMMANDS: ReadonlySet<string> = new Set(['docker', 'exec', 'python']);

/**
 * One allocation. Its tasks start together. If a task fails, the allocation fails and the other tasks are stopped. It is complete when all tasks have
 * exited with code 0. Changes are journaled before they are reported.
 */
export class Allocation {
  readonly reads = new LogReads();
  readonly #state: AllocationState;
  readonly #followed = new Set<Promise<void>>();
  readonly #wait: StartPhase;

  constructor(record: AllocationRecord, parts: RunnerParts, waitForResources: WaitForResources) {
    this.#state = new AllocationState(record, parts);
    this.#wait = (state) => waitForResources(this, state.untilHalted());
  }

  /** Runs the allocation's tasks to completion. `again`: an earlier agent may have started some tasks, so look for them first. */
  async run(again: boolean): Promise<void> {
    if (this.hasEnded && dropEnvironments(this.record)) await this.#state.save();
    const ended = this.#state.specs().filter((spec) => hasEnded(this.#state.task(spec)));
    const unended = this.#state.specs().filter((spec) => !ended.includes(spec));
    if (!again) return await this.#start(unended, [prepare, this.#wait, start]);
    for (const spec of ended) void releaseLeft(this.#state, spec);
    const missing = await adopt(this.#state, unended, this.#follow);
    await this.#start(missing, [interruptAfterReboot, prepare, this.#wait, start]);
  }

  /** Runs the phases. A phase may halt the allocation, and the agent may end during a phase. */
  async #start(tasks: readonly TaskSpec[], phases: readonly StartPhase[]): Promise<void> {
    for (const phase of phases) {
      if (tasks.length === 0 || this.#state.isLeft) return;
      if (this.#state.isHalted) return await endUnstarted(this.#state, tasks);
      await phase(this.#state, tasks, this.#follow);
    }
  }

  async #runTask(spec: TaskSpec, handle: StartedTask): Promise<void> {
    const over = new AbortController();
    const run: TaskRun = {
      state: this.#state,
      spec,
      handle,
      startTime: this.#state.task(spec).startTime ?? handle.startTime,
      over: over.signal,
      fault: undefined,
    };
    for (const phase of [watch, check, stopIfHalted]) phase(run);
    const exit = await handle.exit;
    over.abort(OVER);
    // The next agent records an end that happens from here on.
    if (this.#state.isLeft) return;
    await recordExit(run, exit);
    await release(run);
  }

  readonly #follow = (spec: TaskSpec, handle: StartedTask): void => {
    this.#followed.add(this.#runTask(spec, handle));
  };

  get id(): string {
    return this.#state.id;
  }

  get record(): AllocationRecord {
    return this.#state.record;
  }

  get hasEnded(): boolean {
    return this.#state.hasEnded;
  }

  get ended(): Promise<void> {
    return this.#state.ended;
  }

  get endsWithAgent(): boolean {
    return [...this.#state.handles.values()].some((handle) => handle.endsWithAgent === true);
  }

  /** Journals that the allocation was accepted. This must precede the run. */
  accept(): Promise<void> {
    return this.#state.parts.journal.save(this.id, () => this.record);
  }

  /** `killTimeouts`: where they have changed since the order. */
  async stop(reason: string, killTimeouts?: KillTimeouts): Promise<void> {
    if (!this.hasEnded && this.record.stopping === null) {
      this.record.stopping = reason;
      if (killTimeouts !== undefined) this.record.killTimeouts = killTimeouts;
      await this.#state.save();
      stopTasks(this.#state);
    }
    await this.ended;
  }

  /** Stops an allocation that is still wanted but cannot continue here. Resolves when it has ended. */
  async interrupt(why: string): Promise<void> {
    if (!this.hasEnded && this.record.stopping === null && this.#state.failure === undefined) {
      this.record.interrupted ??= interruption(this.#state, why);
      await this.#state.save();
      stopTasks(this.#state);
    }
    await this.ended;
  }

  async released(): Promise<void> {
    await this.ended;
    await Promise.all(this.#followed);
  }

  /** Hides the allocation from the API. Its end is still reported. */
  async remove(): Promise<void> {
    this.record.removed = true;
    await this.#state.save();
  }

  setCredentials(credentials: Credentials | undefined): void {
    this.#state.setCredentials(credentials);
  }

  async sample(): Promise<void> {
    await Promise.all([...this.#state.handles.values()].map((handle) => handle.sample()));
  }

  usage(): Record<string, ReportedUsage> {
    const usage: Record<string, ReportedUsage> = {};
    for (const [name, task] of Object.entries(this.record.tasks))
      if (task.usage !== undefined) usage[name] = task.usage;
    for (const [name, handle] of this.#state.handles) usage[name] ??= handle.usage();
    return usage;
  }

  usageHistory(last?: number): Record<string, UsagePoint[]> {
    return Object.fromEntries(
      [...this.#state.handles].map(([name, handle]) => [
        name,
        (handle.usageHistory?.() ?? []).slice(last === undefined ? 0 : -last),
      ]),
    );
  }

  logs(taskName: string, query: LogQuery, signal: AbortSignal): AsyncIterable<Uint8Array> | undefined {
    const spec = this.#state.specs().find((each) => each.task.name === taskName);
    const log =
      spec && this.#state.driver(spec).logs(spec, query, () => hasEnded(this.#state.task(spec)), signal);
    return log && this.reads.follow(log, this.#state.parts.clock);
  }

  /**
   * Runs a command in a task, until the task ends or `signal` aborts. Throws `MUSTER_E_COMMAND_REFUSED` if the task is not running, its driver does not
   * support commands, or the command cannot be started.
   */
  async openCommand(
    taskName: string,
    command: readonly string[],
    options: CommandOptions,
    signal: AbortSignal,
  ): Promise<RunningCommand> {
    const refuse = (problem: string, cause?: unknown): MusterError =>
      new MusterError('MUSTER_E_COMMAND_REFUSED', { problem }, { cause });
    const spec = this.#state.specs().find((each) => each.task.name === taskName);
    if (spec === undefined) throw refuse(`the allocation has no task ${taskName}`);
    const handle = this.#state.handles.get(taskName);
    if (handle === undefined || hasEnded(this.#state.task(spec)) || this.#state.isHalted)
      throw refuse(`task ${taskName} is not running`);
    const { driver } = spec.task;
    if (handle.reach?.open === undefined || !WITH_COMMANDS.has(driver))
      throw refuse(
        `tasks of the ${driver} driver run no other commands: only docker, exec and python tasks do`,
      );
    const ended = new AbortController();
    void handle.exit.then(() => ended.abort());
    try {
      return await handle.reach.open(command, options, AbortSignal.any([signal, ended.signal]));
    } catch (error) {
      throw error instanceof CommandRefusedError ? refuse(error.message, error) : error;
    }
  }

  taskNames(): string[] {
    return this.record.order?.task_group.tasks.map((task) => task.name) ?? [];
  }
}
