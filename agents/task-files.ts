import { constants, lstatSync, type Stats } from 'node:fs';
import { chmod, lstat, open, readdir, rmdir, statfs, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './platform/error-code.js';

/** Missing from Node's constants. Opens a directory only as a path, regardless of its permissions. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const BLOCK_BYTES = 512;
const FULL_BYTES = 64 * 1_048_576;
const FULL_PART = 32;

interface Visitor {
  enter?(folder: FileHandle): Promise<void>;
  file(file: string): Promise<void>;
  leave?(folder: string): Promise<void>;
}

/**
 * Returns the disk space of a directory tree in bytes. Sparse files count by blocks, hard links once, and a missing directory as 0. For
 * subdirectories that are unreadable or moved during the walk, only the visited part is counted.
 */
export async function measureFolder(folder: string): Promise<number> {
  if (!isThere(folder)) return 0;
  let blocks = 0;
  const linked = new Set<string>();
  await walk(folder, {
    async enter(inside) {
      blocks += (await inside.stat()).blocks;
    },
    async file(file) {
      const found = await unlessGone(lstat(file));
      if (found === undefined) return;
      const key = `${found.dev}:${found.ino}`;
      if (!linked.has(key)) blocks += found.blocks;
      if (found.nlink > 1) linked.add(key);
    },
  });
  return blocks * BLOCK_BYTES;
}

class EnoughError extends Error {
  override readonly name = 'EnoughError';
}

/**
 * Returns disk space and the number of files and directories. Stops once a limit is exceeded. Throws if a directory moves during the walk. `deleted`:
 * files without a name that count too. They are read first, so a file that gets or loses its name in the meantime counts at most once.
 */
export async function useOfFolders(
  folders: readonly string[],
  most: { readonly bytes: number; readonly files: number },
  deleted: AsyncIterable<{ readonly stats: Stats }> | readonly [] = [],
): Promise<{ readonly bytes: number; readonly files: number }> {
  let blocks = 0;
  let files = 0;
  const linked = new Set<string>();
  const add = (found: Pick<Stats, 'blocks'>): void => {
    blocks += found.blocks;
    files += 1;
    if (blocks * BLOCK_BYTES > most.bytes || files > most.files) throw new EnoughError();
  };
  try {
    for await (const { stats } of deleted) {
      linked.add(`${stats.dev}:${stats.ino}`);
      add(stats);
    }
    for (const folder of folders.filter(isThere)) {
      await walk(folder, {
        async enter(inside) {
          add(await inside.stat());
        },
        async file(file) {
          const found = await unlessGone(lstat(file));
          if (found === undefined) return;
          const key = `${found.dev}:${found.ino}`;
          if (!linked.has(key)) add(found);
          if (found.nlink > 1) linked.add(key);
        },
      });
    }
  } catch (error) {
    if (!(error instanceof EnoughError)) throw error;
  }
  return { bytes: blocks * BLOCK_BYTES, files };
}

/** Removes a directory tree. If a part cannot be removed, it removes the rest and then throws. */
export async function removeFolder(folder: string): Promise<void> {
  if (!isThere(folder)) return;
  const isRoot = process.geteuid?.() === 0;
  await walk(folder, {
    async enter(inside) {
      // Only root can read a directory whose owner made it unreadable.
      if (!isRoot) await chmod(at(inside), 0o700);
    },
    async file(file) {
      await unlessGone(unlink(file));
    },
    async leave(inside) {
      await unlessGone(rmdir(inside));
    },
  });
  await unlessGone(rmdir(folder));
}

/** Removes the working directories and TMPDIRs of tasks, but not their logs. */
export async function removeWorkFolders(folder: string, tasks: readonly string[]): Promise<void> {
  for (const task of tasks)
    for (const name of ['local', 'tmp']) await removeFolder(`${folder}/${task}/${name}`);
}

/** Many tasks have no process and no directory, and a synchronous check is cheaper than using a thread. */
function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}

interface Level {
  readonly name: string;
  readonly device: number;
  readonly inode: number;
  readonly entries: { readonly name: string; isDirectory(): boolean }[];
}

/**
 * Walks a directory tree that belongs to a task, which may change it at the same time. Each step goes from an open descriptor to a name that is not a
 * link, or back to exactly the directory that it came from, so nothing outside can be reached, no matter how names are swapped. Only two descriptors
 * are open at a time and paths do not grow, so any depth works.
 */
async function walk(folder: string, visitor: Visitor): Promise<void> {
  const top = await unlessGone(open(folder, FOLDER));
  if (top === undefined) return;
  let here = top;
  let moved = false;
  /** Descends again from the top as far as each directory is still in place. Skips the remainder of directories that were moved. */
  const goBackTo = async (levels: Level[]): Promise<void> => {
    const again = await open(folder, FOLDER);
    await here.close();
    here = again;
    if (!(await isFolder(here, levels[0]!)))
      throw new Error(`${path.basename(folder)} was moved in the meantime`);
    for (let depth = 1; depth < levels.length; depth += 1) {
      const below = await openChild(here, levels[depth]!.name);
      if (below === undefined || !(await isFolder(below, levels[depth]!))) {
        await below?.close();
        levels.length = depth;
        return;
      }
      await here.close();
      here = below;
    }
  };
  try {
    const levels = [await entered('', here, visitor)];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const entry = level.entries.pop();
      if (entry === undefined) {
        levels.pop();
        const above = levels.at(-1);
        if (above === undefined) break;
        const parent = await unlessUnreadable(open(at(here, '..'), FOLDER));
        if (parent !== undefined && (await isFolder(parent, above))) {
          await here.close();
          here = parent;
          await visitor.leave?.(at(here, level.name));
        } else {
          await parent?.close();
          await goBackTo(levels);
          moved = true;
        }
      } else {
        const child: FileHandle | undefined = entry.isDirectory()
          ? await openChild(here, entry.name)
          : undefined;
        if (child === undefined) await visitor.file(at(here, entry.name));
        else {
          await here.close();
          here = child;
          const below = await unlessUnreadable(entered(entry.name, here, visitor));
          if (below !== undefined) levels.push(below);
          else await goBackTo(levels);
        }
      }
    }
  } finally {
    await here.close();
  }
  if (moved && visitor.leave !== undefined)
    throw new Error(`${path.basename(folder)}: a folder in it was moved in the meantime`);
}

async function isFolder(
  folder: FileHandle,
  { device, inode }: Pick<Level, 'device' | 'inode'>,
): Promise<boolean> {
  const { dev, ino } = await folder.stat();
  return dev === device && ino === inode;
}

async function entered(name: string, folder: FileHandle, visitor: Visitor): Promise<Level> {
  await visitor.enter?.(folder);
  const { dev, ino } = await folder.stat();
  return { name, device: dev, inode: ino, entries: await readdir(at(folder), { withFileTypes: true }) };
}

async function openChild(folder: FileHandle, name: string): Promise<FileHandle | undefined> {
  try {
    return await open(at(folder, name), FOLDER);
  } catch (error) {
    if (hasCode(error, 'ENOTDIR', 'ELOOP', 'ENOENT')) return undefined;
    throw error;
  }
}

/** Returns undefined for a directory that its owner made unreadable. The directory itself has already been counted. */
async function unlessUnreadable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'EACCES')) return undefined;
    throw error;
  }
}

/** Returns a path that the kernel resolves from exactly this directory, even if it has moved. */
function at(folder: FileHandle, name = '.'): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The operations on task directories that the runner needs. `folder` belongs to one allocation. */
export interface TaskFolders {
  /** Whether the file system has nearly no space left: less than 64 MiB and a 32nd of it. */
  isFull(folder: string): Promise<boolean>;
  measure(folder: string): Promise<number>;
  remove(folder: string): Promise<void>;
  removeWork(folder: string, tasks: readonly string[]): Promise<void>;
}

export const machineTaskFolders: TaskFolders = {
  async isFull(folder) {
    const { bavail, blocks, bsize } = await statfs(folder);
    return bavail * bsize < Math.min(FULL_BYTES, (blocks * bsize) / FULL_PART);
  },
  measure: measureFolder,
  remove: removeFolder,
  removeWork: removeWorkFolders,
};
