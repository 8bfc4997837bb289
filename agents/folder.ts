import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';

/** Others may pass through to a folder below whose name they know, and see nothing on the way. */
export const PASSABLE = 0o711;
export const PRIVATE = 0o700;

/** Makes a folder, or mends the rights of the one that is there, whatever the umask. A folder above it that is missing is made alike. */
export function makeFolder(folder: string, mode: typeof PASSABLE | typeof PRIVATE): void {
  const first = mkdirSync(folder, { recursive: true });
  for (let each = folder; first !== undefined && each.length >= first.length; each = path.dirname(each)) chmodSync(each, mode);
  chmodSync(folder, mode);
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
