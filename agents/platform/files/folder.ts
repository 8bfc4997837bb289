import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { hasCode } from '../error-code.js';

export const PASSABLE = 0o711;
export const PRIVATE = 0o700;

type Mode = typeof PASSABLE | typeof PRIVATE;

/** Creates a directory and its missing parents, or corrects its permissions, independently of the umask. */
export function makeFolder(folder: string, mode: Mode): void {
  if (!madeHere(folder, mode)) makeMissingFolder(folder, mode);
  chmodSync(folder, mode);
}

/** Handles the common case: the parent exists and the directory does not. */
function madeHere(folder: string, mode: Mode): boolean {
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch {
    return false;
  }
}

/**
 * Creates missing directories without changing existing ones. Creates them one by one, because Node's recursive mkdir never returns on a file system
 * that reports new names as missing, such as `/proc`.
 */
export function makeMissingFolder(folder: string, mode: Mode): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !existsSync(at); at = path.dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      mkdirSync(each, { mode });
      chmodSync(each, mode);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
  if (!statSync(folder).isDirectory())
    throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`), { code: 'ENOTDIR' });
}

export function syncName(folder: string): void {
  const descriptor = openSync(path.dirname(path.resolve(folder)), 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
