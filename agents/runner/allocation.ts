import {
  overdueMessage,
  type AllocationOrder,
  type ReportedUsage,
  type UsagePoint,
} from '#domain/protocol/index.js';
import type { RegistryCredential } from '#domain/services/registry/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import { isThisMachineBoot } from '../boot-id.js';
import { type StartedTask, type TaskDriver, type TaskSpec } from '../drivers/driver.js';
import { bytesOf } from '../drivers/drivers.js';
import {
  dropEnvironments,
  firstFailure,
  hasEnded,
  PENDING_TASK,
  type AllocationRecord,
  type TaskRecord,
} from '../journal/record.js';
import { errorFields } from '../log.js';
import { errorOf, exitMessage, startProblemOf } from './exit-message.js';
import { deferred } from './deferred.js';
import { LogReads } from './log-reads.js';
import type { RunnerParts } from './runner-parts.js';
import { specsOf } from './task-specs.js';

/** A constant abort reason: without one, each ended task would create an error with a stack. */
const OVER = 'over';
type Credentials = NonNullable<AllocationOrder['registry_credentials']>;

/** Resolves once nothing on the node blocks the allocation's start, or when the signal aborts. */
export type WaitForResources = (allocation: Allocation, signal: AbortSignal) => Promise<void>;
export const DEFAULT_KILL_TIMEOUT_SECONDS = 5;

/**
 * One allocation. Its tasks start together, a failed task fails the allocation and stops the others, and it is complete when all have exited with 0.
 * Changes are journaled before they are reported.
 */
export class Allocation {
  /** Resolves when the end is journaled. */
  readonly ended: Promise<void>;
  readonly #parts: RunnerParts;
  readonly #waitForResources: WaitForResources;
  readonly #record: AllocationRecord;
  readonly #handles = new Map<string, StartedTask>();
  readonly #halt = new AbortController();
  readonly reads = new LogReads();
  readonly #followed = new Set<Promise<void>>();
  #made: readonly TaskSpec[] | undefined;
  /** Only in memory: after a restart of the agent a server sends them again. */
  #credentials = deferred<Credentials>();
  #resolveEnded: () => void = () => undefined;
  /** Why the other tasks are stopped after one has failed. */
  #failure: string | undefined;

  constructor(record: AllocationRecord, parts: RunnerParts, awaitTurn: WaitForResources) {
    this.#waitForResources = awaitTurn;
    this.#record = record;
    this.#parts = parts;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    if (hasEnded(record)) this.#resolveEnded();
    this.#failure = firstFailure(record) ?? undefined;
    if (record.stopping !== null || record.interrupted !== undefined || this.#failure !== undefined)
      this.#halt.abort();
  }

  get id(): string {
    return this.#record.allocationId;
  }

  get record(): AllocationRecord {
    return this.#record;
  }

  get hasEnded(): boolean {
    return hasEnded(this.#record);
  }

  /** Journals the acceptance. Only then may it run. */
  accept(): Promise<void> {
    return this.#parts.journal.save(this.id, () => this.#record);
  }

  /** Starts the tasks. `again`: an earlier agent may have started some, so look for them first. */
  async run(again: boolean): Promise<void> {
    if (this.hasEnded && dropEnvironments(this.#record)) await this.#save();
    const waiting = this.#specs().filter((spec) => !hasEnded(this.#task(spec)));
    if (again) for (const spec of this.#specs()) if (!waiting.includes(spec)) void this.#releaseLeft(spec);
    const found = again ? await Promise.all(waiting.map((spec) => this.#adopt(spec))) : [];
    const missing = waiting.filter((_, index) => found[index] === undefined);
    if (missing.length === 0 || this.#parts.life.aborted) return;
    if (again && !isThisMachineBoot(this.#record.bootId) && !this.#halt.signal.aborted) {
      // It is unknown whether the task ran before the machine went down, because unsynced data is gone.
      await Promise.all(
        missing.map((spec) =>
          this.#interrupt(spec, 'the machine was restarted before the task was seen to run'),
        ),
      );
      return;
    }
    const prepared = await Promise.all(missing.map((spec) => this.#prepare(spec)));
    if (prepared.every(Boolean))
      await this.#waitForResources(this, AbortSignal.any([this.#halt.signal, this.#parts.life]));
    if (this.#parts.life.aborted) return;
    if (!prepared.every(Boolean) || this.#halt.signal.aborted) {
      await Promise.all(
        missing.map((spec) => this.#end(spec, { status: 'stopped', message: this.#stopMessage() })),
      );
      return;
    }
    await Promise.all(missing.map((spec) => this.#start(spec)));
  }

  /** Stops running tasks and prevents further starts. Resolves when the allocation has ended. */
  async stop(reason: string): Promise<void> {
    if (!this.hasEnded && this.#record.stopping === null) {
      this.#record.stopping = reason;
      await this.#save();
      this.#stopTasks();
    }
    await this.ended;
  }

  /** Resolves when it has ended and its drivers have released its tasks, so that another allocation may use its id. */
  async released(): Promise<void> {
    await this.ended;
    await Promise.all(this.#followed);
  }

  get endsWithAgent(): boolean {
    return [...this.#handles.values()].some((handle) => handle.endsWithAgent === true);
  }

  /** Stops an allocation that should go on but cannot go on here. Resolves when it has ended. */
  async interrupt(why: string): Promise<void> {
    if (!this.hasEnded && this.#record.stopping === null && this.#failure === undefined) {
      this.#record.interrupted ??= this.#interruption(why);
      await this.#save();
      this.#stopTasks();
    }
    await this.ended;
  }

  /** Hides it from the API. Its end is still reported. */
  async remove(): Promise<void> {
    this.#record.removed = true;
    await this.#save();
  }

  setCredentials(credentials: Credentials | undefined): void {
    this.#credentials.give(credentials ?? {});
  }

  async sample(): Promise<void> {
    await Promise.all([...this.#handles.values()].map((handle) => handle.sample()));
  }

  usage(): Record<string, ReportedUsage> {
    const usage: Record<string, ReportedUsage> = {};
    for (const [name, task] of Object.entries(this.#record.tasks))
      if (task.usage !== undefined) usage[name] = task.usage;
    for (const [name, handle] of this.#handles) usage[name] ??= handle.usage();
    return usage;
  }

  /** Returns the last hour's usage of running tasks. `last`: number of newest points for each task. */
  usageHistory(last?: number): Record<string, UsagePoint[]> {
    return Object.fromEntries(
      [...this.#handles].map(([name, handle]) => [
        name,
        (handle.usageHistory?.() ?? []).slice(last === undefined ? 0 : -last),
      ]),
    );
  }

  logs(taskName: string, query: LogQuery, signal: AbortSignal): AsyncIterable<Uint8Array> | undefined {
    const spec = this.#specs().find((each) => each.task.name === taskName);
    const log = spec && this.#driver(spec).logs(spec, query, () => hasEnded(this.#task(spec)), signal);
    return log && this.reads.follow(log, this.#parts.clock);
  }

  taskNames(): string[] {
    return this.#record.order?.task_group.tasks.map((task) => task.name) ?? [];
  }

  /** Releases a task whose end is journaled but whose release may not have happened. */
  async #releaseLeft(spec: TaskSpec): Promise<void> {
    try {
      const handle = await this.#driver(spec).adopt(spec, false);
      await handle?.exit;
      await handle?.release();
    } catch (error) {
      if (!this.#parts.life.aborted)
        this.#parts.log.warn({ allocationId: this.id, ...errorFields(error) }, 'agent.task.release-failed');
    }
  }

  async #adopt(spec: TaskSpec): Promise<StartedTask | undefined> {
    try {
      const handle = await this.#driver(spec).adopt(spec, this.#halt.signal.aborted);
      if (handle !== undefined) this.#followed.add(this.#follow(spec, handle));
      return handle;
    } catch (error) {
      if (!this.#parts.life.aborted)
        this.#parts.log.error(
          { allocationId: this.id, task: spec.task.name, ...errorFields(error) },
          'agent.task.adopt-failed',
        );
      return undefined;
    }
  }

  async #prepare(spec: TaskSpec): Promise<boolean> {
    if (this.#halt.signal.aborted) return false;
    try {
      await this.#driver(spec).prepare(spec, AbortSignal.any([this.#halt.signal, this.#parts.life]));
      this.#update(spec, { preparedTime: this.#parts.clock.now() / 1000 });
      return true;
    } catch (error) {
      if (!this.#halt.signal.aborted && !this.#parts.life.aborted)
        await this.#fail(spec, startProblemOf(error));
      return false;
    }
  }

  async #start(spec: TaskSpec): Promise<void> {
    try {
      const handle = await this.#driver(spec).start(spec, this.#parts.life);
      this.#followed.add(this.#follow(spec, handle));
    } catch (error) {
      if (this.#parts.life.aborted) return;
      if (this.#halt.signal.aborted)
        await this.#end(spec, { status: 'stopped', message: this.#stopMessage() });
      else await this.#fail(spec, startProblemOf(error));
    }
  }

  async #follow(spec: TaskSpec, handle: StartedTask): Promise<void> {
    const { clock } = this.#parts;
    this.#handles.set(spec.task.name, handle);
    const startTime = this.#task(spec).startTime ?? handle.startTime;
    const { containerId, imageDigest } = handle;
    this.#update(spec, {
      status: 'running',
      startTime,
      ...(containerId && { containerId }),
      ...(imageDigest && { imageDigest }),
    });
    this.#record.status = 'running';
    this.#record.startTime = Math.min(this.#record.startTime ?? startTime, startTime);
    void this.#saveAndReport();
    const over = new AbortController();
    let fault: string | undefined;
    const failBy = (message: string): void => {
      fault = message;
      this.#stopTask(spec, handle);
    };
    const limit = spec.task.max_run_seconds;
    if (limit !== undefined) {
      const ends = AbortSignal.any([over.signal, this.#parts.life]);
      void clock.sleep(Math.max(0, (startTime + limit) * 1000 - clock.now()), ends).then(() => {
        if (!ends.aborted) failBy(overdueMessage(limit));
      });
    }
    this.#check(
      spec,
      handle,
      startTime,
      AbortSignal.any([over.signal, this.#halt.signal, this.#parts.life]),
      failBy,
    );
    if (this.#halt.signal.aborted) this.#stopTask(spec, handle);
    const exit = await handle.exit;
    over.abort(OVER);
    // A later end is recorded by the next agent.
    if (this.#parts.life.aborted) return;
    this.#handles.delete(spec.task.name);
    const wrong =
      exit.result === undefined
        ? undefined
        : this.#parts.drivers.resultProblem(spec.task.driver, exit.result, this.#resultBytes());
    const end = {
      endTime: Math.max(exit.endTime, startTime),
      exitCode: exit.exitCode,
      ...(exit.usage === undefined ? {} : { usage: exit.usage }),
      ...(exit.result === undefined || wrong !== undefined ? {} : { result: exit.result }),
    };
    if (fault !== undefined) await this.#fail(spec, fault, end);
    else if (this.#halt.signal.aborted)
      await this.#end(spec, {
        status: 'stopped',
        message: `${this.#stopMessage()}; ${exitMessage(exit)}`,
        ...end,
      });
    else if (exit.interrupted === true)
      await this.#interrupt(spec, exit.problem ?? 'what it ran in ended', end);
    else if (wrong !== undefined) await this.#fail(spec, wrong, end);
    else if (exit.exitCode === 0)
      await this.#end(spec, { status: 'complete', message: exitMessage(exit), ...end });
    else await this.#fail(spec, exitMessage(exit), end, errorOf(exit));
    await handle
      .release()
      .catch((error: unknown) =>
        this.#parts.log.warn({ allocationId: this.id, ...errorFields(error) }, 'agent.task.release-failed'),
      );
  }

  /** Runs the task's checks. A task that an earlier agent found unhealthy is not checked again. */
  #check(
    spec: TaskSpec,
    { reach }: StartedTask,
    startTime: number,
    signal: AbortSignal,
    failBy: (message: string) => void,
  ): void {
    const { checker, clock } = this.#parts;
    const { checks = [] } = spec.task;
    const { health } = this.#task(spec);
    if (health?.healthy === false) failBy(health.message);
    else if (checks.length > 0 && reach !== undefined)
      checker.watch(
        { checks, reach, startTime, healthy: health?.healthy === true },
        ({ healthy, message }) => {
          this.#update(spec, { health: { healthy, message, at: clock.now() / 1000 } });
          void this.#saveAndReport();
          if (!healthy) failBy(message);
        },
        signal,
      );
  }

  /** A task that was interrupted from outside stops the others, and the allocation counts as lost. */
  async #interrupt(spec: TaskSpec, why: string, end: Partial<TaskRecord> = {}): Promise<void> {
    this.#record.interrupted ??= this.#interruption(why);
    const ending = this.#end(spec, { status: 'stopped', message: this.#stopMessage(), ...end });
    this.#stopTasks();
    await ending;
  }

  #interruption(why: string): string {
    return `interrupted on node ${this.#parts.nodeId}: ${why}`;
  }

  /** A failed task fails the allocation and stops the others. */
  async #fail(
    spec: TaskSpec,
    message: string,
    end: Partial<TaskRecord> = {},
    error: string | null = message,
  ): Promise<void> {
    this.#failure ??= `task ${spec.task.name}: ${message}`;
    const ending = this.#end(spec, { status: 'failed', message, error, ...end });
    this.#stopTasks();
    await ending;
  }

  async #end(spec: TaskSpec, end: Partial<TaskRecord>): Promise<void> {
    if (hasEnded(this.#task(spec))) return;
    const { clock, log } = this.#parts;
    this.#update(spec, { endTime: this.#task(spec).startTime === null ? null : clock.now() / 1000, ...end });
    log.info(
      { allocationId: this.id, task: spec.task.name, status: end.status, message: end.message },
      'agent.task.ended',
    );
    const tasks = this.#specs().map((each) => this.#task(each));
    if (!tasks.every(hasEnded)) {
      await this.#saveAndReport();
      return;
    }
    const failed = tasks.some((task) => task.status === 'failed');
    this.#record.status = failed
      ? 'failed'
      : tasks.every((task) => task.status === 'complete')
        ? 'complete'
        : 'stopped';
    this.#record.endTime =
      Math.max(...tasks.map((task) => task.endTime ?? 0), this.#record.startTime ?? 0) || clock.now() / 1000;
    this.#record.message = this.#failure ?? this.#record.stopping ?? this.#record.interrupted ?? null;
    dropEnvironments(this.#record);
    this.#made = undefined;
    await this.#saveAndReport();
    this.#resolveEnded();
  }

  #stopTasks(): void {
    this.#halt.abort();
    for (const spec of this.#specs()) {
      const handle = this.#handles.get(spec.task.name);
      if (handle !== undefined) this.#stopTask(spec, handle);
    }
  }

  #stopTask(spec: TaskSpec, handle: StartedTask): void {
    const seconds = spec.task.kill_timeout ?? DEFAULT_KILL_TIMEOUT_SECONDS;
    handle
      .stop(seconds * 1000)
      .catch((error: unknown) =>
        this.#parts.log.error({ allocationId: this.id, ...errorFields(error) }, 'agent.task.stop-failed'),
      );
  }

  #resultBytes(): number {
    return Object.values(this.#record.tasks).reduce((sum, { result }) => sum + bytesOf(result), 0);
  }

  #stopMessage(): string {
    return (
      this.#record.stopping ??
      this.#record.interrupted ??
      (this.#failure === undefined ? 'stopped' : `stopped because of ${this.#failure}`)
    );
  }

  /** Reports a change even if it could not be journaled: the next agent learns it from the tasks themselves. */
  async #saveAndReport(): Promise<void> {
    await this.#save();
    this.#parts.onChange();
  }

  async #save(): Promise<void> {
    try {
      await this.#parts.journal.save(this.id, () => this.#record);
    } catch (error) {
      this.#parts.log.error({ allocationId: this.id, ...errorFields(error) }, 'agent.journal.save-failed');
    }
  }

  async #credential(host: string): Promise<RegistryCredential | undefined> {
    return this.#record.order?.registries?.includes(host) === true
      ? (await this.#credentials.value())[host]
      : undefined;
  }

  #task(spec: TaskSpec): TaskRecord {
    return this.#record.tasks[spec.task.name] ?? PENDING_TASK;
  }

  #update(spec: TaskSpec, change: Partial<TaskRecord>): void {
    this.#record.tasks[spec.task.name] = { ...this.#task(spec), ...change };
  }

  #driver(spec: TaskSpec): TaskDriver {
    return this.#parts.drivers.get(spec.task.driver);
  }

  #specs(): readonly TaskSpec[] {
    const { nodeId, directory, deviceName } = this.#parts;
    this.#made ??= specsOf(this.#record, {
      nodeId,
      directory,
      deviceName,
      credential: (host) => this.#credential(host),
    });
    return this.#made;
  }
}
