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
/** Name of the file while part of the reserve is used, until it is refilled. */
const SPENT_FILE = 'muster.reserve-spent';

const MIB = 1024 * 1024;
const LARGEST = 16 * MIB;
const PART_OF_DISK = 16;
/** Bytes per release step. */
const STEP = MIB;

/** Use of the reserve: appends that end work may use all of it, consequences of running work may use half. */
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
 * Reserved disk space in a data directory, so that work can be ended on a full disk: a file that is shortened stepwise when the log has no space for
 * a stop. While it is not full, the log accepts nothing else, so that new work does not consume the space that was freed.
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

  /** Creates the reserve if there is plenty of space. An installation on a nearly full disk works without it. */
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

  /** Refills the reserve once there is twice the space that it needs. Returns true if it is full. */
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

  /** Writes the complete file, because a sparse one would reserve nothing. Returns false if the space is gone. */
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
