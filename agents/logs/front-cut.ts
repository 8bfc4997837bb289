import { execFile } from 'node:child_process';
import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What of a log was copied: from `skipped` to `position`, into `copy`. What stands before `skipped` is dropped, or copied elsewhere. */
export interface Copied {
  readonly skipped: number;
  readonly position: number;
  readonly copy: FileHandle | undefined;
  /** Bytes of the rest that are kept where the writer is faster than we are. */
  readonly most: number;
}

/**
 * Cuts off the beginning of a file that is being appended to. Where the file system can take blocks out at the front (ext4, xfs: fallocate(2),
 * FALLOC_FL_COLLAPSE_RANGE), the rest stays, with all that is written meanwhile. Elsewhere the rest is copied, too, and the file
 * emptied: what is written in the microsecond between the last read and that is lost. Returns the position up to which the copy has it (`kept`), and the one
 * up to which the file was cut off (`end`).
 */
export async function cutFront(file: string, from: FileHandle, copied: Copied): Promise<{ readonly kept: number; readonly end: number }> {
  const { blksize, size } = await from.stat();
  // Not all of a file can be collapsed.
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

/** In one go, so that no other work of this process comes between. */
function copyRestAndEmpty(from: FileHandle, { position, copy, most }: Copied): { readonly kept: number; readonly end: number } {
  const block = Buffer.allocUnsafe(1_048_576);
  let kept = copy === undefined ? 0 : position;
  try {
    for (let bytes = 0; copy !== undefined && kept - position < most && (bytes = readSync(from.fd, block, 0, block.length, kept)) > 0; kept += bytes)
      writeSync(copy.fd, block, 0, bytes);
  } catch {
    // No space for it.
  }
  const end = Math.max(kept, fstatSync(from.fd).size);
  ftruncateSync(from.fd, 0);
  return { kept, end };
}
