import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import type { ProcessOutput } from '#domain/drivers/index.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import { CommandRefusedError, type TaskReach } from '../../checks/reach.js';
import { makeFolder, PASSABLE, PRIVATE } from '../../platform/files/folder.js';
import { BothLogs } from '../../logs/both-logs.js';
import { readLog } from '../../logs/follow.js';
import { OpenLogs } from '../../logs/open-logs.js';
import type { RotatedLog } from '../../logs/rotated-log.js';
import { useOfFolders } from '../../task-files.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import { TaskStartError, type IsKnown, type TaskDriver, type TaskSpec } from '../driver.js';
import { deletedFiles, devicesOf } from '../deleted-files.js';
import type { AgentSettings } from '../../settings.js';
import { DiskWatch, type DiskUser } from '../disk-watch.js';
import { OwnWork } from '../own-work.js';
import { usagePointsOf } from '../usage.js';
import type { Cgroups, TaskCgroup } from './cgroup.js';
import { ExecTask } from './exec-task.js';
import { cgroupName, joinWords, launchEnvironment, placesOf, programWords } from './launch.js';
import type { ForeignProcesses } from './foreign-processes.js';
import { LeftWork } from './left-work.js';
import { mayRun } from './may-run.js';
import { hasPipes, makePipes, OutputPipes, pipeFiles, supervisorEnds } from './output-pipes.js';
import { outputOf } from './output.js';
import { closedFolderAbove, namespacesEnvironment, type Namespaces } from './private-directories.js';
import { userOfProcess } from './process-table.js';
import { ProcessWatch } from './process-watch.js';
import { openInTask, runInTask, type RunsAs, type RunsIn } from './run-in-task.js';
import { interpreterOf, scriptFile, writeCommand } from './script.js';
import { SessionTable } from './session-table.js';
import { Supervised, type ProcessName } from './supervised.js';
import { SUPERVISOR } from './supervisor.js';
import { checkStart, userOf, type TaskUser } from './user.js';

export interface ExecDriverOptions {
  readonly nodeId: string;
  /** Default: what bears the node id is this agent's. */
  readonly ownWork?: OwnWork | undefined;
  readonly directory: string;
  readonly cgroups: Cgroups;
  readonly users: Pick<TenantUsers, 'userOf' | 'separation' | 'mayStart'>;
  readonly namespaces?: Namespaces | undefined;
  readonly clock: Clock;
  readonly life: AbortSignal;
  readonly settings: Pick<AgentSettings, 'logBounds' | 'taskDisk' | 'taskProcesses'>;
  readonly tasksEndWithAgent?: boolean | undefined;
  readonly foreign?: ForeignProcesses;
}

const SLOW_MEASUREMENT_MS = 1_000;
const FORGET_MS = 10_000;
/** A task that is being started becomes its user within this time, even on a busy machine. */
const READY_MS = 5_000;
const READY_POLL_MS = 20;
const QUIET_MS = 1000;
const MAX_QUIET_WAIT_MS = 60_000;
const MAX_WAITING = 256;
const MEBIBYTE = 1_048_576;
/** Minimum memory that a shell and a program need, in bytes. Docker has the same minimum. */
const SMALLEST_MEMORY = 6 * MEBIBYTE;

/**
 * Runs tasks as processes. Each task has a supervisor (`supervisor.ts`) that outlives the agent, its own session and, where possible, a cgroup. Tasks
 * inherit nothing from the agent's environment.
 */
export class ExecDriver implements TaskDriver<ExecConfig> {
  readonly #options: ExecDriverOptions;
  readonly #left: LeftWork;
  readonly #script: string;
  readonly #logs: OpenLogs;
  readonly #watch: ProcessWatch;
  readonly #sessions = new SessionTable();
  readonly #disk: DiskWatch;
  #startedAt = Number.NEGATIVE_INFINITY;
  #waiting = 0;

  constructor(options: ExecDriverOptions) {
    this.#options = options;
    const { ownWork: own = new OwnWork(options.nodeId), cgroups, clock, life } = options;
    this.#left = new LeftWork({ own, cgroups, clock, life });
    this.#script = writeScript(options.directory);
    this.#watch = new ProcessWatch(options.clock, options.life);
    this.#logs = new OpenLogs(options.settings.logBounds);
    this.#disk = new DiskWatch(options.clock, options.settings.taskDisk, undefined, SLOW_MEASUREMENT_MS);
  }

  async fingerprint(ownGpus: ReadonlySet<string>): Promise<NodeAttributes> {
    const { cgroups, users, namespaces = 'shared' } = this.#options;
    return {
      'exec.isolation': cgroups.isolation,
      'exec.users': users.separation,
      'exec.namespaces': namespaces,
      ...this.#options.foreign?.attributes(ownGpus),
    };
  }

  async prepare(): Promise<void> {
    // A process needs no preparation.
  }

  async start(spec: TaskSpec<ExecConfig>): Promise<ExecTask> {
    return await this.#start(spec, this.#hasOwnPlaces(spec) ? [] : undefined);
  }

  /** Starts a process of the agent that works for a tenant, in its own mount and IPC namespaces where possible. `inSight`: files that it needs. */
  async startApart(spec: TaskSpec<ExecConfig>, inSight: readonly string[]): Promise<ExecTask> {
    return await this.#start(spec, this.#options.namespaces === 'own' ? inSight : undefined);
  }

  /** Returns whether a task with this config could run a file. */
  async mayRun(config: Pick<ExecConfig, 'user' | 'tenant'>, file: string): Promise<boolean> {
    const { life, users } = this.#options;
    checkStart(config, users);
    return await mayRun(await userOf(config, users), file, life);
  }

  /** `inSight`: files that remain visible in the process's own namespaces. Undefined if it shares the host's namespaces. */
  async #start(spec: TaskSpec<ExecConfig>, inSight: readonly string[] | undefined): Promise<ExecTask> {
    await this.#left.swept();
    const before = await this.adopt(spec, false);
    if (before !== undefined) return before;
    const { config } = spec;
    this.#startedAt = this.#options.clock.monotonic();
    const { clock, life, users } = this.#options;
    checkStart(config, users);
    const user = await userOf(config, users);
    const places = placesOf(spec);
    const making = this.#cgroup(spec);
    making.catch(() => undefined);
    for (const directory of [path.dirname(spec.directory), spec.directory]) makeFolder(directory, PASSABLE);
    for (const directory of [places.state, places.logs]) makeFolder(directory, PRIVATE);
    for (const directory of [places.local, places.temporary]) {
      makeFolder(directory, PRIVATE);
      if (user.owner !== undefined) chownSync(directory, user.owner.uid, user.owner.gid);
    }
    writeCommand(spec, user);
    if (inSight === undefined && interpreterOf(config) !== undefined && user.owner !== undefined)
      await this.#checkScript(spec, user);
    const supervised = new Supervised(places.state);
    supervised.prepare();
    const cgroup = await making;
    const files = pipeFiles(places.state);
    await makePipes(files, user);
    const log = new BothLogs(this.#logsOf(spec));
    const output = new OutputPipes({ files, log, clock, life });
    let child: ChildProcess;
    let ends: number[] = [];
    try {
      await output.ready();
      ends = supervisorEnds(files);
      child = spawn(
        '/bin/sh',
        [this.#script, places.state, places.local, ...joinWords(cgroup), ...programWords(spec, user)],
        {
          detached: true,
          stdio: ['ignore', ...ends],
          env: {
            ...launchEnvironment(spec, user, this.#uncounted(spec)),
            ...this.#places(spec, inSight),
          },
          cwd: '/',
        },
      );
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    } catch (error) {
      output.end();
      await cgroup?.remove();
      throw new TaskStartError(
        `could not be started: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    } finally {
      for (const descriptor of ends) closeSync(descriptor);
    }
    child.unref();
    const supervisorEnded = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    return this.#watched(
      spec,
      new ExecTask({
        supervised,
        cgroup,
        clock,
        life,
        endsWithAgent: this.#options.tasksEndWithAgent,
        watch: this.#watch,
        sessions: this.#sessions,
        quiet: this.#quiet,
        completeLog: () => output.end(),
        output: this.#output(spec),
        reach: this.#reach(spec, supervised, cgroup),
        points: usagePointsOf(spec, clock),
        startTime: clock.now() / 1000,
        supervisorEnded,
      }),
    );
  }

  async adopt(spec: TaskSpec<RunningConfig>, abandon: boolean): Promise<ExecTask | undefined> {
    const { clock, life } = this.#options;
    const { state } = placesOf(spec);
    const supervised = new Supervised(state);
    if (supervised.claim() === undefined) {
      if (!abandon) return undefined;
      mkdirSync(state, { recursive: true, mode: 0o700 });
      if (supervised.abandon()) return undefined;
    }
    const claim = supervised.claim();
    if (claim === undefined || (typeof claim === 'object' && claim.pid === 0)) return undefined;
    const cgroup = this.#options.cgroups.find(cgroupName(spec));
    const startTime = supervised.startTime() ?? clock.now() / 1000;
    const shared = {
      clock,
      life,
      endsWithAgent: this.#options.tasksEndWithAgent,
      watch: this.#watch,
      sessions: this.#sessions,
      quiet: this.#quiet,
    };
    const copied = this.#copied(spec);
    const parts = {
      ...shared,
      supervised,
      cgroup,
      completeLog: () => copied.end(),
      output: this.#output(spec),
      reach: this.#reach(spec, supervised, cgroup),
      points: usagePointsOf(spec, clock),
      startTime,
    };
    const task: ExecTask = new ExecTask(parts);
    task.resume();
    return this.#watched(spec, task);
  }

  logs(
    spec: TaskSpec,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    return readLog(this.#logsOf(spec), query, ended, this.#options.clock, signal);
  }

  async endLeft(allocationId: string): Promise<void> {
    await this.#left.endAllocation(allocationId);
  }

  async run(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    await Promise.all([this.#left.sweep(isKnown, signal), this.tend(signal)]);
  }

  /** Resolves when what was left has been killed, as far as it was known to be this agent's. */
  async swept(): Promise<void> {
    await this.#left.swept();
  }

  /** Watches the tasks, without looking for what is left of others: the drivers python and conda start processes too, and one look finds them all. */
  async tend(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const running = this.#disk.run(signal);
    while (!signal.aborted) {
      this.#logs.forgetUnused();
      await clock.sleep(FORGET_MS, signal);
    }
    await running;
  }

  /** Waits until no task has started for a second, but at most a minute. Does not wait if more than {@link MAX_WAITING} callers would be waiting. */
  #quiet = async (): Promise<void> => {
    const { clock, life } = this.#options;
    const deadline = clock.monotonic() + MAX_QUIET_WAIT_MS;
    this.#waiting += 1;
    for (;;) {
      const left = Math.min(this.#startedAt + QUIET_MS, deadline) - clock.monotonic();
      if (left <= 0 || this.#waiting > MAX_WAITING || life.aborted) break;
      await clock.sleep(Math.max(left, 50), life);
    }
    this.#waiting -= 1;
  };

  #watched(spec: TaskSpec<RunningConfig>, task: ExecTask): ExecTask {
    const { local, temporary } = placesOf(spec);
    if (spec.config.tenant !== undefined) this.limitDisk(task, [local, temporary]);
    return task;
  }

  /** Ends a task when these directories, and deleted files that its processes still hold, exceed the disk limits. `whose`: what the reason calls it. */
  limitDisk(task: ExecTask, folders: readonly string[], whose = 'it'): void {
    const disk: DiskUser = {
      whose,
      measure: async (most) =>
        await useOfFolders(folders, most, deletedFiles(task.processes(), devicesOf(folders))),
      pause: () => task.pause(),
      end: async (problem) => await task.end(problem),
    };
    this.#disk.add(disk);
    void task.exit.then(() => this.#disk.remove(disk));
  }

  /** Begins to copy the task's output to its log. The pipes of a task that has ended may be gone. */
  #copied(spec: TaskSpec): { end(): void } {
    const { clock, life } = this.#options;
    const files = pipeFiles(placesOf(spec).state);
    const log = new BothLogs(this.#logsOf(spec));
    return hasPipes(files) ? new OutputPipes({ files, log, clock, life }) : { end: () => log.close() };
  }

  #logsOf(spec: TaskSpec): Record<LogStream, RotatedLog> {
    const { logs } = placesOf(spec);
    return {
      stdout: this.#logs.log(path.join(logs, 'stdout')),
      stderr: this.#logs.log(path.join(logs, 'stderr')),
    };
  }

  /** Reads the output from the log files, so it does not matter which agent was running when they were written. */
  #output(spec: TaskSpec<RunningConfig>): (() => Promise<ProcessOutput | undefined>) | undefined {
    const { logs } = placesOf(spec);
    return spec.config.give_output === true
      ? () => outputOf(logs, (file) => this.#logs.log(file))
      : undefined;
  }

  #reach(spec: TaskSpec<RunningConfig>, supervised: Supervised, cgroup: TaskCgroup | undefined): TaskReach {
    const place = async (): Promise<RunsIn> => {
      const user = await userOf(spec.config, this.#options.users);
      const namespacesOf = this.#hasOwnPlaces(spec) ? await this.#ready(supervised, user) : undefined;
      return { user, cgroup, processes: this.#uncounted(spec), namespacesOf };
    };
    return {
      address: (port) => ({ host: '127.0.0.1', port }),
      exec: async (command, signal) => await runInTask(spec, await place(), command, signal),
      open: async (command, options, signal) =>
        await openInTask(spec, await place(), command, options, signal),
    };
  }

  /** Returns the task's process once it is the task's user. From then on, it is in the task's own namespaces, and they are complete. */
  async #ready(supervised: Supervised, { owner }: TaskUser): Promise<ProcessName> {
    const { clock, life } = this.#options;
    const deadline = clock.monotonic() + READY_MS;
    for (;;) {
      const task = supervised.taskLives() ? supervised.task() : undefined;
      if (task !== undefined && (owner === undefined || userOfProcess(task.pid) === owner.uid)) return task;
      if (clock.monotonic() >= deadline || life.aborted)
        throw new CommandRefusedError('the task is not running, or is still being started');
      await clock.sleep(READY_POLL_MS, life);
    }
  }

  #maxProcesses(spec: TaskSpec<RunningConfig>): number | undefined {
    return spec.config.tenant === undefined ? undefined : this.#options.settings.taskProcesses;
  }

  /** Returns the process limit that must be enforced without a cgroup. Undefined if cgroups enforce it. */
  #uncounted(spec: TaskSpec<RunningConfig>): number | undefined {
    return this.#options.cgroups.limitsProcesses ? undefined : this.#maxProcesses(spec);
  }

  #hasOwnPlaces({ config }: TaskSpec<RunningConfig>): boolean {
    return config.tenant !== undefined && this.#options.namespaces === 'own';
  }

  /** The task's user opens its script by path, and can do so below a closed folder only in its own mount namespace. */
  async #checkScript(spec: TaskSpec, user: TaskUser): Promise<void> {
    if (await mayRun(user, scriptFile(spec), this.#options.life)) return;
    const closed = closedFolderAbove(spec.directory) ?? path.dirname(spec.directory);
    throw new TaskStartError(
      `its script cannot be read by its user, who may not enter ${closed}: keep the agent's data directory in a folder that all users may enter`,
    );
  }

  #places(spec: TaskSpec<RunningConfig>, inSight: readonly string[] | undefined): Record<string, string> {
    if (inSight === undefined) return {};
    const { directory } = this.#options;
    const closed = spec.config.tenant === undefined ? undefined : closedFolderAbove(directory);
    return namespacesEnvironment(directory, inSight, spec.task.resources?.memory, closed);
  }

  #cgroup(spec: TaskSpec<ExecConfig>): Promise<TaskCgroup | undefined> {
    const { cpu, memory } = spec.task.resources ?? {};
    const processes = this.#maxProcesses(spec);
    return this.#options.cgroups.group(cgroupName(spec), {
      cpu: cpu === undefined || cpu === 0 ? undefined : cpu,
      memoryBytes:
        memory === undefined || memory === 0 ? undefined : Math.max(SMALLEST_MEMORY, memory * MEBIBYTE),
      ...(processes !== undefined && { processes }),
    });
  }
}

type RunningConfig = Pick<ExecConfig, 'give_output'> & RunsAs;

/** Writes the script to a file named by its content. A shell reads its script while running, so the file must never change. */
function writeScript(directory: string): string {
  const file = path.join(
    directory,
    `supervisor-${createHash('sha256').update(SUPERVISOR).digest('hex').slice(0, 12)}.sh`,
  );
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${file}.tmp`, SUPERVISOR, { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
  return file;
}
