import { closeSync, ftruncateSync, openSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Takes the room on the disk that the reserve sets aside. */
export const RESERVE_FILE = 'muster.reserve';
/** Its name once a part of it was given up, until there is room to have it whole again. */
const SPENT_FILE = 'muster.reserve-spent';

const MIB = 1024 * 1024;
const LARGEST = 16 * MIB;
/** Of a small disk it takes this part at most. */
const PART_OF_DISK = 16;
/** Bytes that are given up at a time. */
const STEP = MIB;

/** Who may use the reserve: what ends work may use all of it, what follows from work that runs may use half. */
export type ReserveUse = 'ends' | 'follows';

/** Room on the disk of a data directory. */
export interface DiskSpace {
  readonly free: number;
  readonly size: number;
}

export function diskSpace(directory: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return { free: bavail * bsize, size: blocks * bsize };
}

/**
 * Room that is set aside in a data directory, so that work can be ended on a full disk: a file that is cut shorter, a step at a time, when the log
 * has no room for a stop. While it is not whole the log takes nothing else, so that what is freed is not used up by new work.
 */
export class SpaceReserve {
  readonly #whole: string;
  readonly #spent: string;

  constructor(private readonly directory: string) {
    this.#whole = join(directory, RESERVE_FILE);
    this.#spent = join(directory, SPENT_FILE);
  }

  /** Whether a part of it was given up. */
  get isSpent(): boolean {
    return sizeOf(this.#spent) !== undefined;
  }

  /** Bytes that it holds now. */
  get held(): number {
    return sizeOf(this.#spent) ?? sizeOf(this.#whole) ?? 0;
  }

  /** Sets the room aside, where there is plenty of it. An installation whose disk is nearly full goes on without. */
  setAside(): void {
    if (this.isSpent || sizeOf(this.#whole) !== undefined) return;
    if (diskSpace(this.directory).free > 4 * this.#wanted()) this.#fill(this.#whole);
  }

  /** Gives up a step. False where nothing is left for this use. */
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

  /** Sets aside again what was given up, once there is room for it and as much again. True where it is whole. */
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

  /** Writes the file whole: one with holes would take no room. False where the room went meanwhile. */
  #fill(path: string): boolean {
    const wanted = this.#wanted();
    const before = sizeOf(path);
    const block = Buffer.alloc(Math.min(wanted, MIB), 'muster');
    const file = openSync(path, before === undefined ? 'wx' : 'r+', 0o600);
    try {
      for (let at = before ?? 0; at < wanted;) at += writeSync(file, block, 0, Math.min(block.length, wanted - at), at);
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
