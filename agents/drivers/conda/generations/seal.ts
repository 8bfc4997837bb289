import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  linkSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';

export interface SealOptions {
  /** The current owner, who loses access. Default: this process's own user, who keeps access. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly reader?: number | undefined;
  readonly shared?: string | undefined;
}

const SHARED_FROM = 4096;
const CHUNK = 1_048_576;
/** Python compares the modification times of sources and compiled files, so these files are not deduplicated. */
const TIMED = /\.(py|pyc)$/;

/**
 * Transfers ownership of a tree to root, so that its creator cannot change it. Without root privileges, the tree only becomes read-only. Works from
 * the top down and never follows links: a directory is closed before its content is examined, so the creator can no longer replace anything.
 * @returns total size of its files in bytes, counting each file in full
 */
export function seal(top: string, { owner, reader, shared }: SealOptions): number {
  const root = process.geteuid?.() === 0;
  const maker = owner?.uid ?? process.geteuid?.() ?? 0;
  const folderMode = root ? 0o555 : 0o755;
  const close = (descriptor: number, mode: number, group: number): void => {
    if (root) fchownSync(descriptor, 0, group);
    fchmodSync(descriptor, mode);
  };
  const check = (file: string, { uid }: Stats): void => {
    if (uid !== maker && uid !== 0) throw new Error(`${file} belongs to user ${uid}`);
  };
  const folder = (at: string, mode: number, group: number): number => {
    const descriptor = openSync(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      check(at, fstatSync(descriptor));
      close(descriptor, mode, group);
    } finally {
      closeSync(descriptor);
    }
    let bytes = 0;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const each = path.join(at, entry.name);
      if (entry.isDirectory()) bytes += folder(each, folderMode, 0);
      else if (entry.isFile()) bytes += file(each);
      else if (entry.isSymbolicLink()) {
        if (root) lchownSync(each, 0, 0);
      } else throw new Error(`${each} is not a file, directory or link`);
    }
    return bytes;
  };
  const file = (at: string): number => {
    const descriptor = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(descriptor);
      check(at, found);
      const mode = (found.mode & 0o111) === 0 ? 0o444 : 0o555;
      // Files that already belong to root were sealed earlier, or are foreign files that are linked here unchanged.
      const fresh = found.uid === maker;
      const closed = found.uid === 0 && found.gid === 0 && (found.mode & 0o7777) === mode;
      if (fresh) close(descriptor, mode, 0);
      if ((fresh || closed) && shared !== undefined && found.size >= SHARED_FROM && !TIMED.test(at))
        share(at, path.join(shared, nameOf(descriptor, mode)));
      return found.size;
    } finally {
      closeSync(descriptor);
    }
  };
  return folder(top, reader === undefined || !root ? folderMode : 0o550, reader ?? 0);
}

function nameOf(descriptor: number, mode: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let at = 0, read = -1; read !== 0; at += read) {
    read = readSync(descriptor, chunk, 0, CHUNK, at);
    hash.update(chunk.subarray(0, read));
  }
  const digest = hash.digest('hex');
  return path.join(digest.slice(0, 2), `${digest}-${mode.toString(8)}`);
}

function share(file: string, kept: string): void {
  mkdirSync(path.dirname(kept), { recursive: true });
  const draft = `${file}.muster-link`;
  try {
    if (existsSync(kept)) {
      linkSync(kept, draft);
      renameSync(draft, file);
      // rename(2) does nothing if both names refer to the same file.
      rmSync(draft, { force: true });
    } else linkSync(file, kept);
  } catch {
    rmSync(draft, { force: true });
  }
}
