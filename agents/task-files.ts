import { constants, lstatSync, type Stats } from 'node:fs';
import { chmod, lstat, open, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** Of open(2), and not among Node's: it names a folder, whatever its mode, without opening it. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const BLOCK_BYTES = 512;

/** What is done on the way through a tree. Paths go by a descriptor, and hold for the call alone. */
interface Visitor {
  /** A folder, before what is in it. */
  enter?(folder: FileHandle): Promise<void>;
  /** Whatever is no folder: a link is one of these. */
  file(file: string): Promise<void>;
  /** A folder, after what was in it. */
  leave?(folder: string): Promise<void>;
}

/**
 * Bytes that a folder takes on the disk, with all below it: a file with holes counts for its blocks, one of several names once. 0 where
 * it is not there. Of a folder in it that is moved meanwhile, or cannot be read, what was seen counts, and all others count.
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

/** The same and how many files and folders there are. Counts no further once either is above its limit. Throws where a folder is moved meanwhile. */
export async function useOfFolders(
  folders: readonly string[],
  most: { readonly bytes: number; readonly files: number },
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

/** Removes a folder and all below it. Throws where something of it cannot be removed; what could be is gone then. */
export async function removeFolder(folder: string): Promise<void> {
  if (!isThere(folder)) return;
  const isRoot = process.geteuid?.() === 0;
  await walk(folder, {
    async enter(inside) {
      // A folder that its owner made unreadable is read by root alone.
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

/** Removes what tasks left in their working folders and TMPDIRs, and leaves their logs. */
export async function removeWorkFolders(folder: string, tasks: readonly string[]): Promise<void> {
  for (const task of tasks) for (const name of ['local', 'tmp']) await removeFolder(`${folder}/${task}/${name}`);
}

/** Tasks without a process have no folder, and there are many: they are not worth a thread's time. */
function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}

interface Level {
  readonly name: string;
  readonly device: number;
  readonly inode: number;
  /** What is still to be visited. */
  readonly entries: { readonly name: string; isDirectory(): boolean }[];
}

/**
 * Visits what is below a folder whose place nobody else can change. What is in it belongs to a task, which may race: every step goes from
 * the descriptor of one folder to a name in it that is no link, or back up to the very folder that was left, so that nothing outside is
 * ever reached, however names are swapped. Two descriptors are open at a time, and no path grows, so that no depth is too deep.
 */
async function walk(folder: string, visitor: Visitor): Promise<void> {
  const top = await unlessGone(open(folder, FOLDER));
  if (top === undefined) return;
  let here = top;
  let moved = false;
  /** Goes down from the top again, as far as each folder is still where it was. What is left of the others is not visited. */
  const goBackTo = async (levels: Level[]): Promise<void> => {
    const again = await open(folder, FOLDER);
    await here.close();
    here = again;
    if (!(await isFolder(here, levels[0]!))) throw new Error(`${path.basename(folder)} was moved meanwhile`);
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
        const child: FileHandle | undefined = entry.isDirectory() ? await openChild(here, entry.name) : undefined;
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
  // What was moved may be left.
  if (moved && visitor.leave !== undefined) throw new Error(`${path.basename(folder)}: a folder in it was moved meanwhile`);
}

async function isFolder(folder: FileHandle, { device, inode }: Pick<Level, 'device' | 'inode'>): Promise<boolean> {
  const { dev, ino } = await folder.stat();
  return dev === device && ino === inode;
}

async function entered(name: string, folder: FileHandle, visitor: Visitor): Promise<Level> {
  await visitor.enter?.(folder);
  const { dev, ino } = await folder.stat();
  return { name, device: dev, inode: ino, entries: await readdir(at(folder), { withFileTypes: true }) };
}

/** Absent where it is no folder any more. */
async function openChild(folder: FileHandle, name: string): Promise<FileHandle | undefined> {
  try {
    return await open(at(folder, name), FOLDER);
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a folder that its owner made unreadable: it has taken part in the count by then. */
async function unlessUnreadable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'EACCES') return undefined;
    throw error;
  }
}

/** A path that the kernel resolves from that very folder, wherever it is now. */
function at(folder: FileHandle, name = '.'): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
