import type { Clock } from '#domain/kernel/ports/clock.js';

export interface DiskLimits {
  readonly bytes: number;
  readonly files: number;
}

export const DEFAULT_DISK_LIMITS: DiskLimits = { bytes: 10_737_418_240, files: 1_000_000 };

export const DEFAULT_VOLUME_BYTES = 107_374_182_400;

export interface DiskUse {
  readonly bytes: number;
  readonly files: number;
}

export interface DiskUser {
  /** May stop counting above the limits. Throws if the task moves its folders meanwhile. */
  measure(limits: DiskLimits): Promise<DiskUse>;
  readonly limit?: { readonly bytes: number; readonly whose: string; readonly setting: string };
  /** Pauses the task and returns a function that resumes it. */
  pause?(): (() => void) | undefined;
  end(problem: string): Promise<void>;
}

const CHECK_INTERVAL_MS = 5_000;
const GIBIBYTE = 1_073_741_824;

/** Ends tasks that exceed their disk limits. File systems here have no quota for each task, so a fast task may exceed the limit for a few seconds. */
export class DiskWatch {
  readonly #users = new Set<DiskUser>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: DiskLimits = DEFAULT_DISK_LIMITS,
    private readonly lookMs = CHECK_INTERVAL_MS,
  ) {}

  add(user: DiskUser): void {
    this.#users.add(user);
  }

  remove(user: DiskUser): void {
    this.#users.delete(user);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.clock.sleep(this.lookMs, signal);
      for (const user of this.#users) if (!signal.aborted) await this.#check(user);
    }
  }

  async #check(user: DiskUser): Promise<void> {
    const { files } = this.limits;
    const { bytes, whose, setting } = user.limit ?? {
      bytes: this.limits.bytes,
      whose: 'it',
      setting: 'MUSTER_TASK_DISK_MIB',
    };
    const use = await this.#measured(user);
    if (use === undefined || !this.#users.has(user)) return;
    if (use.bytes > bytes)
      await user.end(
        `${whose} used more of the disk than ${(bytes / GIBIBYTE).toLocaleString('en')} GiB (${setting})`,
      );
    else if (use.files > files)
      await user.end(`it had more than ${files.toLocaleString('en')} files and folders (MUSTER_TASK_FILES)`);
  }

  /** Pauses a task that moves its folders for a second measurement. Undefined: the next check decides. */
  async #measured(user: DiskUser): Promise<DiskUse | undefined> {
    try {
      return await user.measure(this.limits);
    } catch {
      const resume = user.pause?.();
      try {
        return await user.measure(this.limits);
      } catch {
        return undefined;
      } finally {
        resume?.();
      }
    }
  }
}
