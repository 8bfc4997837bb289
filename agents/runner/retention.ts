import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** How much is kept of allocations that have ended and that the server no longer wants. */
export interface Retention {
  readonly count: number;
  readonly seconds: number;
  /** Bytes of their folders, logs above all. */
  readonly bytes: number;
}

export const DEFAULT_RETENTION: Retention = { count: 200, seconds: 86_400, bytes: 2_147_483_648 };

/** An ended allocation's folder, as far as it decides what is kept. */
export interface Remains {
  readonly allocationId: string;
  /** Unix seconds. */
  readonly endTime: number;
  readonly bytes: number;
}

/** Which of the ended allocations go, oldest first to go. */
export function beyondRetention(ended: readonly Remains[], retention: Retention, nowSeconds: number): string[] {
  let bytes = 0;
  return [...ended]
    .sort((left, right) => right.endTime - left.endTime)
    .filter((each, index) => {
      bytes += each.bytes;
      return index >= retention.count || nowSeconds - each.endTime > retention.seconds || bytes > retention.bytes;
    })
    .map((each) => each.allocationId);
}

/** Bytes of all files below a folder. */
export async function folderSize(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) sum += await folderSize(inside);
    else if (entry.isFile()) sum += (await stat(inside).catch(() => ({ size: 0 }))).size;
  }
  return sum;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
