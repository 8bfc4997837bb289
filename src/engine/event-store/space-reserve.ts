import {
  closeSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export const RESERVE_FILE = 'muster.reserve';
/** Name of the reserve file from the first use of the reserve until it is refilled. */
const SPENT_FILE = 'muster.reserve-spent';

const MIB = 1024 * 1024;
const LARGEST = 16 * MIB;
const PART_OF_DISK = 16;
const STEP = MIB;

/** How an append may use the reserve: appends that end work, or that this depends on, may use all of it (`ends`), consequences of running work may use half (`follows`). */
export type ReserveUse = 'ends' | 'follows';

export interface DiskSpace {
  readonly free: number;
  readonly size: number;
}

export function diskSpace(directory: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return { free: bavail * bsize, size: blocks * bsize };
}

/**
 * Reserves disk space so that work can be ended on a full disk. The reserve is a file that is shortened step by step when the log has no space left
 * for events that end work or follow from running work. Until the file has its full size again, the log accepts no other events, so new work cannot
 * use it up.
 */
export class SpaceReserve {
  readonly #whole: string;
  readonly #spent: string;

  constructor(private readonly directory: string) {
    this.#whole = join(directory, RESERVE_FILE);
    this.#spent = join(directory, SPENT_FILE);
  }

  get isSpent(): boolean {
    return sizeOf(this.#spent) !== undefined;
  }

  get held(): number {
    return sizeOf(this.#spent) ?? sizeOf(this.#whole) ?? 0;
  }

  setAside(): void {
    if (this.isSpent || sizeOf(this.#whole) !== undefined) return;
    if (diskSpace(this.directory).free > 4 * this.#wanted()) this.#fill(this.#whole);
  }

  spend(use: ReserveUse, bytes = STEP): boolean {
    const { held } = this;
    if (held === 0 || (use === 'follows' && held <= this.#wanted() / 2)) return false;
    if (!this.isSpent) renameSync(this.#whole, this.#spent);
    const file = openSync(this.#spent, 'r+');
    try {
      ftruncateSync(file, Math.max(0, held - bytes));
    } finally {
      closeSync(file);
    }
    return true;
  }

  refill(): boolean {
    if (!this.isSpent) return true;
    const wanted = this.#wanted();
    if (diskSpace(this.directory).free < 2 * wanted - this.held) return false;
    if (!this.#fill(this.#spent)) return false;
    renameSync(this.#spent, this.#whole);
    return true;
  }

  #wanted(): number {
    return Math.min(LARGEST, Math.floor(diskSpace(this.directory).size / PART_OF_DISK));
  }

  #fill(path: string): boolean {
    const wanted = this.#wanted();
    const before = sizeOf(path);
    const block = Buffer.alloc(Math.min(wanted, MIB), 'muster');
    const file = openSync(path, before === undefined ? 'wx' : 'r+', 0o600);
    try {
      for (let at = before ?? 0; at < wanted;)
        at += writeSync(file, block, 0, Math.min(block.length, wanted - at), at);
      return true;
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      if (before === undefined) rmSync(path, { force: true });
      else ftruncateSync(file, before);
      return false;
    } finally {
      closeSync(file);
    }
  }
}

export function isNoSpace(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
