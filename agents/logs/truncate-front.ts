import { execFile } from 'node:child_process';
import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The part of a log that was copied into `copy`: from `skipped` to `position`. Bytes before `skipped` are dropped or copied elsewhere. */
export interface Copied {
  readonly skipped: number;
  readonly position: number;
  readonly copy: FileHandle | undefined;
  /** Maximum size of the remainder, in bytes, if the writer is faster than the copy. */
  readonly most: number;
}

/**
 * Cuts off the beginning of a file while it is being appended to. Where the file system can remove blocks at the front (ext4, xfs: fallocate(2),
 * FALLOC_FL_COLLAPSE_RANGE), the remainder and new writes stay in place. Elsewhere, the remainder is also copied and the file truncated, which loses
 * writes in the microsecond between the last read and the truncation. Returns the positions up to which the copy is complete (`kept`) and the file
 * was cut (`end`).
 */
export async function truncateFront(
  file: string,
  from: FileHandle,
  copied: Copied,
): Promise<{ readonly kept: number; readonly end: number }> {
  const { blksize, size } = await from.stat();
  // A file cannot be collapsed to an empty file.
  const length = Math.floor(Math.min(copied.position, size - 1) / blksize) * blksize;
  if (length > copied.skipped && (await collapse(file, length))) {
    await copied.copy?.truncate(length - copied.skipped);
    return { kept: copied.copy === undefined ? 0 : length, end: length };
  }
  return copyRestAndEmpty(from, copied);
}

async function collapse(file: string, length: number): Promise<boolean> {
  try {
    await run('fallocate', ['--collapse-range', '--offset', '0', '--length', String(length), file]);
    return true;
  } catch {
    return false;
  }
}

/** Synchronous, so that other work of this process does not prolong the gap. */
function copyRestAndEmpty(
  from: FileHandle,
  { position, copy, most }: Copied,
): { readonly kept: number; readonly end: number } {
  const block = Buffer.allocUnsafe(1_048_576);
  let kept = copy === undefined ? 0 : position;
  try {
    for (
      let bytes = 0;
      copy !== undefined &&
      kept - position < most &&
      (bytes = readSync(from.fd, block, 0, block.length, kept)) > 0;
      kept += bytes
    )
      writeSync(copy.fd, block, 0, bytes);
  } catch {
    // The disk is full.
  }
  const end = Math.max(kept, fstatSync(from.fd).size);
  ftruncateSync(from.fd, 0);
  return { kept, end };
}
