import type { ProcessOutput } from '#domain/drivers/index.js';
import { endOfBoot } from '../../boot-id.js';
import type { TaskReach } from '../../checks/reach.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { UsagePoints } from '../usage-points.js';
import { UsageMeter } from '../usage.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { StartedTask, TaskExit } from '../driver.js';
import type { CgroupUsage, TaskCgroup } from './cgroup.js';
import {
  isAlive,
  processesOfSession,
  readProcess,
  sendSignal,
  standStill,
  ticksAt,
} from './process-table.js';
import type { ProcessWatch } from './process-watch.js';
import type { SessionTable } from './session-table.js';
import type { Supervised } from './supervised.js';

const POLL_MS = 100;
const KILL_PASSES = 20;
const CLAIM_MS = 2000;
const STAND_STILL_MS = 20;
/** Higher exit codes mean that a signal ended the process. */
const SIGNALLED = 128;

export interface ExecTaskParts {
  readonly supervised: Supervised;
  readonly cgroup: TaskCgroup | undefined;
  readonly clock: Clock;
  readonly life: AbortSignal;
  readonly endsWithAgent?: boolean | undefined;
  readonly startTime: number;
  readonly reach: TaskReach;
  readonly points: UsagePoints;
  readonly watch: ProcessWatch;
  readonly sessions: SessionTable;
  readonly quiet: () => Promise<void>;
  /** Completes the log when the task has ended. */
  readonly completeLog: () => void;
  readonly output?: (() => Promise<ProcessOutput | undefined>) | undefined;
  /** Resolves when the supervisor has ended. Absent if the supervisor is not a child of this process. */
  readonly supervisorEnded?: Promise<void>;
}

export class ExecTask implements StartedTask {
  readonly startTime: number;
  readonly reach: TaskReach;
  readonly exit: Promise<TaskExit>;
  readonly endsWithAgent: boolean;
  readonly #parts: ExecTaskParts;
  readonly #meter: UsageMeter;
  #used: CgroupUsage | undefined;
  readonly #ended = new AbortController();
  #endedFor: string | undefined;
  readonly #over: AbortSignal;
  /** Whether the task was alive when first seen, or is a child of this process. If so, its session id cannot have been reused when it ends. */
  #watched = true;

  constructor(parts: ExecTaskParts) {
    this.#parts = parts;
    this.#over = AbortSignal.any([this.#ended.signal, parts.life]);
    this.#meter = new UsageMeter(parts.points);
    this.startTime = parts.startTime;
    this.endsWithAgent = parts.endsWithAgent === true;
    this.reach = parts.reach;
    this.exit = this.#watch();
  }

  async stop(killTimeoutMs: number): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.monotonic() + killTimeoutMs;
    if (killTimeoutMs > 0) {
      await this.#signal('SIGTERM');
      await clock.sleep(Math.max(0, deadline - clock.monotonic()), this.#over);
    }
    while (!this.#ended.signal.aborted && !this.#parts.life.aborted) {
      await this.#signal('SIGKILL');
      this.#killLeftovers();
      await clock.sleep(POLL_MS, this.#over);
    }
    await this.exit;
  }

  async end(problem: string): Promise<void> {
    this.#endedFor ??= problem;
    await this.stop(0);
  }

  /**
   * Pauses the task. Returns a function that resumes it, or undefined if the kernel does not stop the task in time. If the agent is killed in the
   * meantime, the next agent resumes the task.
   */
  pause(): (() => void) | undefined {
    const task = this.#parts.supervised.task();
    if (this.#ended.signal.aborted || task === undefined || !isAlive(task.pid, task.birth))
      return () => undefined;
    const targets = [-task.pid, ...(this.#parts.cgroup?.processes() ?? [])];
    const resume = (): void => {
      for (const target of targets) sendSignal(target, 'SIGCONT');
    };
    for (const target of targets) sendSignal(target, 'SIGSTOP');
    if (standStill(this.processes(), STAND_STILL_MS)) return resume;
    resume();
    return undefined;
  }

  resume(): void {
    const task = this.#parts.supervised.task();
    if (task !== undefined && readProcess(task.pid)?.state === 'T' && isAlive(task.pid, task.birth))
      sendSignal(-task.pid, 'SIGCONT');
  }

  async sample(): Promise<void> {
    if (!this.#ended.signal.aborted) this.#measure();
  }

  async release(): Promise<void> {
    const { cgroup, clock, life } = this.#parts;
    if (cgroup === undefined) return;
    // Removing a group takes the lock that is required to start tasks, so wait for a quiet moment.
    await this.#parts.quiet();
    for (let attempt = 0; attempt < 50 && !life.aborted && !(await cgroup.remove()); attempt += 1) {
      this.#killLeftovers();
      await clock.sleep(20, life);
    }
  }

  async #watch(): Promise<TaskExit> {
    const { supervised, supervisorEnded, clock, life } = this.#parts;
    await supervisorEnded;
    const began = clock.monotonic();
    let exit = supervised.exit();
    this.#watched = exit === undefined || supervisorEnded !== undefined;
    let problem: string | undefined;
    while (exit === undefined) {
      const claim = supervised.claim();
      const young =
        (claim === undefined || claim === 'empty') &&
        supervisorEnded === undefined &&
        clock.monotonic() - began < CLAIM_MS;
      const living = supervised.living();
      if (living !== undefined) await this.#parts.watch.gone(living);
      else if (young) await clock.sleep(POLL_MS, life);
      if (life.aborted) return new Promise(() => undefined);
      // The supervisor may have recorded the end between the two checks.
      exit = supervised.exit();
      if (exit === undefined && living === undefined && !young) {
        problem = this.#lossOf(claim);
        break;
      }
    }
    this.#ended.abort();
    const usage = this.#lastUsage(exit?.endTime ?? clock.now() / 1000);
    this.#killLeftovers();
    this.#parts.completeLog();
    const result = await this.#parts.output?.().catch(() => undefined);
    const complaint = exit?.code === 125 ? supervised.complaint() : '';
    const known =
      this.#endedFor !== undefined && exit?.code !== 0
        ? this.#endedFor
        : complaint === ''
          ? exit === undefined
            ? problem
            : undefined
          : `could not be started: ${complaint}`;
    // If a process is killed because its machine or container ends, its exit code may still be recorded.
    const interrupted = supervised.ofAnotherBoot() && (exit === undefined || exit.code > SIGNALLED);
    return {
      exitCode: exit?.code ?? null,
      endTime: exit?.endTime ?? clock.now() / 1000,
      outOfMemory: (this.#parts.cgroup?.usage().outOfMemoryKills ?? 0) > 0,
      ...(interrupted
        ? { interrupted: true, problem: this.#endOfBoot() }
        : known !== undefined && { problem: known }),
      usage,
      ...(result !== undefined && { result }),
    };
  }

  #lossOf(claim: ReturnType<Supervised['claim']>): string {
    const { supervised } = this.#parts;
    if (supervised.ofAnotherBoot()) return this.#endOfBoot();
    if (claim === undefined || claim === 'empty')
      return `could not be started: ${supervised.complaint() || 'its supervisor ended before it recorded its start'}`;
    return 'its supervisor was killed, so its exit code is unknown';
  }

  #endOfBoot(): string {
    const claim = this.#parts.supervised.claim();
    return endOfBoot(typeof claim === 'object' ? claim.boot : '');
  }

  async #signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { supervised, clock } = this.#parts;
    const deadline = clock.monotonic() + CLAIM_MS;
    let task = supervised.task();
    while (task === undefined && !this.#over.aborted && clock.monotonic() < deadline) {
      await clock.sleep(2, this.#over);
      task = supervised.task();
    }
    if (task === undefined || !isAlive(task.pid, task.birth)) return;
    try {
      process.kill(-task.pid, signal);
    } catch {
      if (isAlive(task.pid, task.birth)) sendSignal(task.pid, signal);
    }
  }

  /** Kills the processes that the task left running, just as the end of a container would. */
  #killLeftovers(): void {
    if (this.#parts.supervised.ofAnotherBoot()) return;
    // Several passes, because a process that forks constantly may fork between the listing and the signal.
    for (let pass = 0; pass < KILL_PASSES; pass += 1) {
      const left = this.processes();
      if (left.length === 0) return;
      for (const pid of left) sendSignal(pid, 'SIGKILL');
    }
  }

  processes(): number[] {
    return this.#parts.cgroup?.processes() ?? this.#processesLeft();
  }

  /** Returns the remaining processes of the task's session, for tasks whose processes are not listed by a cgroup. */
  #processesLeft(): number[] {
    const { supervised } = this.#parts;
    const task = supervised.task();
    if (task === undefined) return [];
    // If another process has the task's pid, the pid was reused, so no process of the session is left.
    const holder = readProcess(task.pid);
    if (holder !== undefined && holder.birth !== task.birth) return [];
    const last = this.#watched
      ? Number.POSITIVE_INFINITY
      : ticksAt(supervised.exit()?.endTime, this.#parts.clock);
    return processesOfSession(task.pid)
      .filter((entry) => entry.birth >= task.birth && entry.birth <= last)
      .map(({ pid }) => pid);
  }

  usage(): ReportedUsage {
    return this.#meter.report(this.#parts.clock.now() / 1000 - this.startTime);
  }

  usageHistory(): readonly UsagePoint[] {
    const { clock } = this.#parts;
    return this.#meter.history({ monotonic: clock.monotonic(), wall: clock.now() });
  }

  #measure(): void {
    const { cgroup, supervised, clock } = this.#parts;
    const at = clock.monotonic();
    if (cgroup !== undefined) {
      this.#meter.add((this.#used = cgroup.usage(this.#used)), at);
      return;
    }
    const task = supervised.task();
    if (task === undefined) return;
    const entries = this.#parts.sessions.processes(task.pid, clock.monotonic());
    if (entries.length === 0) return;
    const sum = (of: (entry: (typeof entries)[number]) => number): number =>
      entries.reduce((total, entry) => total + of(entry), 0);
    this.#meter.add(
      { memoryBytes: sum((entry) => entry.residentBytes), cpuSeconds: sum((entry) => entry.cpuSeconds) },
      at,
    );
  }

  #lastUsage(endTime: number): NonNullable<TaskExit['usage']> {
    const { cgroup, supervised, clock } = this.#parts;
    const counted = cgroup?.usage();
    const cpuSeconds = counted?.cpuSeconds ?? supervised.cpuSeconds();
    this.#meter.add({ cpuSeconds, memoryPeakBytes: counted?.memoryPeakBytes }, clock.monotonic());
    return this.#meter.report(endTime - this.startTime);
  }
}
