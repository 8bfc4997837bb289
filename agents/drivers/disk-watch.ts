import { bytesText } from '#domain/kernel/bytes.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

export interface DiskLimits {
  readonly bytes: number;
  readonly files: number;
}

export interface DiskUse {
  readonly bytes: number;
  readonly files: number;
}

export interface DiskLimit extends DiskLimits {
  readonly settings: Readonly<Record<keyof DiskLimits, string>>;
}

export interface DiskUser {
  /** May stop counting once a limit is exceeded. Throws if the task moves its directories while they are measured. */
  measure(limits: DiskLimits): Promise<DiskUse>;
  /** The subject of the reason. @default it */
  readonly whose?: string;
  readonly limit?: DiskLimit;
  pause?(): (() => void) | undefined;
  end(problem: string): Promise<void>;
}

const CHECK_INTERVAL_MS = 5_000;

/**
 * Ends tasks that exceed their disk limits. File systems here have no per-task quota, so a fast task may exceed the limit for a few seconds. Tasks with
 * very many files are measured one at a time and apart from the others, so that they do not delay the checks of other tasks.
 */
export class DiskWatch {
  readonly #users = new Set<DiskUser>();
  /** Users whose measurement takes long, in the order in which they are measured. */
  readonly #slow = new Set<DiskUser>();
  #slowChecks = 0;
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly limits: DiskLimits,
    private readonly lookMs = CHECK_INTERVAL_MS,
    /** Duration after which a measurement is slow, in milliseconds. Default: none is. */
    private readonly slowMs = Number.POSITIVE_INFINITY,
  ) {}

  add(user: DiskUser): void {
    this.#users.add(user);
  }

  remove(user: DiskUser): void {
    this.#users.delete(user);
    this.#slow.delete(user);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.clock.sleep(this.lookMs, signal);
      for (const user of this.#users)
        if (!signal.aborted && !this.#slow.has(user)) await this.#checkQuickly(user, signal);
      if (!signal.aborted) this.#checkNextSlow();
    }
  }

  /** Stops waiting for a slow measurement, which continues in the background. */
  async #checkQuickly(user: DiskUser, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const checked = this.#check(user).finally(() => done.abort());
    if (this.slowMs === Number.POSITIVE_INFINITY) return await checked;
    await Promise.race([checked, this.clock.sleep(this.slowMs, AbortSignal.any([done.signal, signal]))]);
    if (done.signal.aborted || !this.#users.has(user)) return;
    this.#slow.add(user);
    void this.#slowly(user, checked);
  }

  /** Half of the time is left for other work of the agent, because a measurement uses its main thread. */
  #checkNextSlow(): void {
    const [user] = this.#slow;
    if (user === undefined || this.#slowChecks > 0 || this.clock.monotonic() < this.#restUntil) return;
    this.#slow.delete(user);
    this.#slow.add(user);
    void this.#slowly(user, this.#check(user));
  }

  async #slowly(user: DiskUser, checked: Promise<void>): Promise<void> {
    const began = this.clock.monotonic();
    this.#slowChecks += 1;
    // The next check tries again to end the task.
    await checked.catch(() => undefined);
    this.#slowChecks -= 1;
    const now = this.clock.monotonic();
    if (now - began < this.slowMs) this.#slow.delete(user);
    this.#restUntil = now + (now - began);
  }

  async #check(user: DiskUser): Promise<void> {
    const limit = user.limit ?? {
      ...this.limits,
      settings: { bytes: 'MUSTER_TASK_DISK_MIB', files: 'MUSTER_TASK_FILES' },
    };
    const { bytes, files, settings } = limit;
    const { whose = 'it' } = user;
    const use = await this.#measured(user, limit);
    if (use === undefined || !this.#users.has(user)) return;
    if (use.bytes > bytes)
      await user.end(`${whose} used more than ${bytesText(bytes)} of disk (${settings.bytes})`);
    else if (use.files > files)
      await user.end(
        `${whose} had more than ${files.toLocaleString('en')} files and directories (${settings.files})`,
      );
  }

  /** If the task moves its directories in the meantime, pauses it and measures again. Returns undefined if that fails too; the next check decides. */
  async #measured(user: DiskUser, limits: DiskLimits): Promise<DiskUse | undefined> {
    try {
      return await user.measure(limits);
    } catch {
      const resume = user.pause?.();
      try {
        return await user.measure(limits);
      } catch {
        return undefined;
      } finally {
        resume?.();
      }
    }
  }
}
