import { lstatSync, type Stats } from 'node:fs';
import { readdir, readlink, stat, statfs } from 'node:fs/promises';
import { hasCode } from '../platform/error-code.js';

/** What the kernel appends to the path of a file that has been deleted. */
const DELETED = ' (deleted)';
/** Types of tmpfs, ramfs and hugetlbfs (statfs(2)), whose files count as memory. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6, 0x958458f6]);
const GONE: readonly string[] = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

export interface DeletedFile {
  /** Its last path, as its process sees it. */
  readonly path: string;
  readonly stats: Stats;
}

/**
 * Yields once each file that has no name any more, but takes disk space because one of these processes has it open or mapped. `devices`: file systems
 * that count as disk even if they are in memory. Mapped files are only visible to root. A descriptor that is on its way through a socket belongs to no
 * process, so its file is not found.
 */
export async function* deletedFiles(
  pids: readonly number[],
  devices: ReadonlySet<number> = new Set(),
): AsyncGenerator<DeletedFile> {
  // A mapped file of an overlay has the device of the layer below, so only the inode is the same.
  const seen = new Set<number>();
  for (const pid of pids)
    for (const folder of [`/proc/${pid}/fd`, `/proc/${pid}/map_files`])
      for (const name of (await unlessGone(readdir(folder))) ?? []) {
        const at = `${folder}/${name}`;
        const link = await unlessGone(readlink(at));
        if (link?.endsWith(DELETED) !== true) continue;
        const stats = await unlessGone(stat(at));
        if (stats?.isFile() !== true || stats.nlink > 0 || seen.has(stats.ino)) continue;
        if (!devices.has(stats.dev)) {
          const system = await unlessGone(statfs(at));
          if (system === undefined || IN_MEMORY.has(system.type)) continue;
        }
        seen.add(stats.ino);
        yield { path: link.slice(0, -DELETED.length), stats };
      }
}

export function devicesOf(folders: readonly string[]): ReadonlySet<number> {
  return new Set(folders.flatMap((folder) => lstatSync(folder, { throwIfNoEntry: false })?.dev ?? []));
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...GONE)) return undefined;
    throw error;
  }
}
