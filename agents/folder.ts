import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';

/** Others may pass through to a folder below whose name they know, and see nothing on the way. */
export const PASSABLE = 0o711;
export const PRIVATE = 0o700;

type Mode = typeof PASSABLE | typeof PRIVATE;

/** Makes a folder, or mends the rights of the one that is there, whatever the umask. A folder above it that is missing is made alike. */
export function makeFolder(folder: string, mode: Mode): void {
  if (!madeHere(folder, mode)) makeMissingFolder(folder, mode);
  chmodSync(folder, mode);
}

/** Whether it was not there, and what it is to be in was: so it is with most. */
function madeHere(folder: string, mode: Mode): boolean {
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch {
    return false;
  }
}

/**
 * The same, and one that is there keeps its rights. The missing ones are made one after the other: Node's own recursive mkdir never returns
 * where a file system refuses new names as if they were missing, as `/proc` does.
 */
export function makeMissingFolder(folder: string, mode: Mode): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !existsSync(at); at = path.dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      mkdirSync(each, { mode });
      chmodSync(each, mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`), { code: 'ENOTDIR' });
}

/** Makes the folder's own name last through a power cut. */
export function syncName(folder: string): void {
  const descriptor = openSync(path.dirname(path.resolve(folder)), 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
