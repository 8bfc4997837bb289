import type { ProcessOutput } from '#domain/drivers/index.js';
import { endOfBoot } from '../../boot-id.js';
import type { TaskReach } from '../../checks/reach.js';
import type { Clock } from '#domain/ports/clock.js';
import type { UsagePoints } from '../usage-points.js';
import { UsageMeter } from '../usage.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { StartedTask, TaskExit } from '../driver.js';
import type { TaskCgroup } from './cgroup.js';
import { isAlive, processesOfSession, readProcess, sendSignal, standStill, ticksAt } from './process-table.js';
import type { ProcessWatch } from './process-watch.js';
import type { SessionTable } from './session-table.js';
import type { Supervised } from './supervised.js';

/** Between two looks for what is about to change. */
const POLL_MS = 100;
/** How often what is left is looked for, one right after the other. */
const KILL_PASSES = 20;
/** How long a supervisor may take from its first instruction to its claim. */
const CLAIM_MS = 2000;
/** How long the agent waits for a paused task to stand still. It does nothing else meanwhile. */
const STAND_STILL_MS = 20;
/** A greater exit code is that of a signal. */
const SIGNALLED = 128;

export interface ExecTaskParts {
  readonly supervised: Supervised;
  readonly cgroup: TaskCgroup | undefined;
  readonly clock: Clock;
  /** Aborts when the agent ends; the task does not. */
  readonly life: AbortSignal;
  readonly endsWithAgent?: boolean | undefined;
  /** Unix seconds. */
  readonly startTime: number;
  readonly reach: TaskReach;
  /** Where what it used is kept. */
  readonly points: UsagePoints;
  readonly watch: ProcessWatch;
  readonly sessions: SessionTable;
  /** Resolves when nothing was started for a while. */
  readonly quiet: () => Promise<void>;
  /** What it gives back, asked for once it has ended; absent: nothing. */
  readonly output?: (() => Promise<ProcessOutput | undefined>) | undefined;
  /** Resolves when the supervisor has ended; absent where it is not our child. */
  readonly supervisorEnded?: Promise<void>;
}

/** A process task, our child or taken over. */
export class ExecTask implements StartedTask {
  readonly startTime: number;
  readonly reach: TaskReach;
  readonly exit: Promise<TaskExit>;
  readonly endsWithAgent: boolean;
  readonly #parts: ExecTaskParts;
  readonly #meter: UsageMeter;
  readonly #ended = new AbortController();
  /** Why it was ended by force. */
  #endedFor: string | undefined;
  /** Aborts when the task or the agent has ended: nothing is waited for after that. */
  readonly #over: AbortSignal;
  /** It had not ended when it was first looked at, or is our child: its session's number cannot be another's at its end. */
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

  /** Ends it by force; its exit says why. */
  async end(problem: string): Promise<void> {
    this.#endedFor ??= problem;
    await this.stop(0);
  }

  /**
   * Makes the task stand still, and returns what lets it go on: while the log of one that writes faster than can be copied is rotated. Where the agent is
   * killed meanwhile, the next one lets it go on. Returns undefined where the task goes on, because the kernel does not stop it soon enough.
   */
  pause(): (() => void) | undefined {
    const task = this.#parts.supervised.task();
    if (this.#ended.signal.aborted || task === undefined || !isAlive(task.pid, task.birth)) return () => undefined;
    const targets = [-task.pid, ...(this.#parts.cgroup?.processes() ?? [])];
    const resume = (): void => {
      for (const target of targets) sendSignal(target, 'SIGCONT');
    };
    for (const target of targets) sendSignal(target, 'SIGSTOP');
    if (standStill(this.#parts.cgroup?.processes() ?? this.#processesLeft(), STAND_STILL_MS)) return resume;
    resume();
    return undefined;
  }

  /** Lets it go on where an agent before was killed while the task was paused. */
  resume(): void {
    const task = this.#parts.supervised.task();
    if (task !== undefined && readProcess(task.pid)?.state === 'T' && isAlive(task.pid, task.birth)) sendSignal(-task.pid, 'SIGCONT');
  }

  async sample(): Promise<void> {
    if (!this.#ended.signal.aborted) this.#measure();
  }

  async release(): Promise<void> {
    const { cgroup, clock, life } = this.#parts;
    if (cgroup === undefined) return;
    // Removing a group holds the lock that the next task's start needs: that is left to a quiet moment.
    await this.#parts.quiet();
    // A killed process leaves its group a little later than it dies.
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
      const young = (claim === undefined || claim === 'empty') && supervisorEnded === undefined && clock.monotonic() - began < CLAIM_MS;
      const living = supervised.living();
      if (living !== undefined) await this.#parts.watch.gone(living);
      else if (young) await clock.sleep(POLL_MS, life);
      if (life.aborted) return new Promise(() => undefined);
      // It may have written the end between our two looks.
      exit = supervised.exit();
      if (exit === undefined && living === undefined && !young) {
        problem = this.#lossOf(claim);
        break;
      }
    }
    this.#ended.abort();
    const usage = this.#lastUsage(exit?.endTime ?? clock.now() / 1000);
    this.#killLeftovers();
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
    // What a machine or a container kills at its end writes that down where there is still time.
    const interrupted = supervised.ofAnotherBoot() && (exit === undefined || exit.code > SIGNALLED);
    return {
      exitCode: exit?.code ?? null,
      endTime: exit?.endTime ?? clock.now() / 1000,
      outOfMemory: (this.#parts.cgroup?.usage().outOfMemoryKills ?? 0) > 0,
      ...(interrupted ? { interrupted: true, problem: this.#endOfBoot() } : known !== undefined && { problem: known }),
      usage,
      ...(result !== undefined && { result }),
    };
  }

  #lossOf(claim: ReturnType<Supervised['claim']>): string {
    const { supervised } = this.#parts;
    if (supervised.ofAnotherBoot()) return this.#endOfBoot();
    if (claim === undefined || claim === 'empty')
      return `could not be started: ${supervised.complaint() || 'its supervisor ended before it could write down that it runs'}`;
    return 'its supervisor was killed, and its exit code with it';
  }

  #endOfBoot(): string {
    const claim = this.#parts.supervised.claim();
    return endOfBoot(typeof claim === 'object' ? claim.boot : '');
  }

  /** To the task's process group; before it has made one, to the process itself. */
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

  /** What the task left behind goes with it, as it would in a container. */
  #killLeftovers(): void {
    const { cgroup, supervised } = this.#parts;
    if (supervised.ofAnotherBoot()) return;
    // What forks all the time may have done so between the look and the signal.
    for (let pass = 0; pass < KILL_PASSES; pass += 1) {
      const left = cgroup?.processes() ?? this.#processesLeft();
      if (left.length === 0) return;
      for (const pid of left) sendSignal(pid, 'SIGKILL');
    }
  }

  /** Of its session, where no group tells what is its. */
  #processesLeft(): number[] {
    const { supervised } = this.#parts;
    const task = supervised.task();
    if (task === undefined) return [];
    // The number is another's by now if a process has it that is not the task: then none of the task's session is left.
    const holder = readProcess(task.pid);
    if (holder !== undefined && holder.birth !== task.birth) return [];
    const last = this.#watched ? Number.POSITIVE_INFINITY : ticksAt(supervised.exit()?.endTime, this.#parts.clock);
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
      this.#meter.add(cgroup.usage(), at);
      return;
    }
    const task = supervised.task();
    if (task === undefined) return;
    const entries = this.#parts.sessions.processes(task.pid, clock.monotonic());
    if (entries.length === 0) return;
    const sum = (of: (entry: (typeof entries)[number]) => number): number => entries.reduce((total, entry) => total + of(entry), 0);
    this.#meter.add({ memoryBytes: sum((entry) => entry.residentBytes), cpuSeconds: sum((entry) => entry.cpuSeconds) }, at);
  }

  #lastUsage(endTime: number): NonNullable<TaskExit['usage']> {
    const { cgroup, supervised, clock } = this.#parts;
    const counted = cgroup?.usage();
    const cpuSeconds = counted?.cpuSeconds ?? supervised.cpuSeconds();
    this.#meter.add({ cpuSeconds, memoryPeakBytes: counted?.memoryPeakBytes }, clock.monotonic());
    return this.#meter.report(endTime - this.startTime);
  }
}
