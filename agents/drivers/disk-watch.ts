import type { Clock } from '#domain/ports/clock.js';

/** What a tenant's task may have on the disk of its node. */
export interface DiskLimits {
  readonly bytes: number;
  /** Files and folders. */
  readonly files: number;
}

export const DEFAULT_DISK_LIMITS: DiskLimits = { bytes: 10_737_418_240, files: 1_000_000 };

/** Bytes of a named volume of a tenant. */
export const DEFAULT_VOLUME_BYTES = 107_374_182_400;

export interface DiskUse {
  readonly bytes: number;
  readonly files: number;
}

/** A task whose use of the disk is looked at. */
export interface DiskUser {
  /** May stop counting where the use is above the limits. Throws where the task moves its folders meanwhile. */
  measure(limits: DiskLimits): Promise<DiskUse>;
  /** Absent: the limits of tasks. */
  readonly limit?: { readonly bytes: number; readonly whose: string; readonly setting: string };
  /** Makes the task stand still; returns what lets it go on. */
  pause?(): (() => void) | undefined;
  /** Ends the task by force; the text says why. */
  end(problem: string): Promise<void>;
}

/** Milliseconds between two looks at all tasks. */
const LOOK_MS = 5_000;
const GIBIBYTE = 1_073_741_824;

/** Ends tasks that use more of the disk than they may: no file system here counts by task. A fast task is over the limit for a few seconds. */
export class DiskWatch {
  readonly #users = new Set<DiskUser>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: DiskLimits = DEFAULT_DISK_LIMITS,
    private readonly lookMs = LOOK_MS,
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
      for (const user of this.#users) if (!signal.aborted) await this.#look(user);
    }
  }

  async #look(user: DiskUser): Promise<void> {
    const { files } = this.limits;
    const { bytes, whose, setting } = user.limit ?? { bytes: this.limits.bytes, whose: 'it', setting: 'MUSTER_TASK_DISK_MIB' };
    const use = await this.#measured(user);
    if (use === undefined || !this.#users.has(user)) return;
    if (use.bytes > bytes) await user.end(`${whose} used more of the disk than ${(bytes / GIBIBYTE).toLocaleString('en')} GiB (${setting})`);
    else if (use.files > files) await user.end(`it had more than ${files.toLocaleString('en')} files and folders (MUSTER_TASK_FILES)`);
  }

  /** A task that moves its folders while they are measured stands still for the second look. Undefined: the next look will tell. */
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
