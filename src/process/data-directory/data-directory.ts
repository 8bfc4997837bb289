import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDataFolder } from '#agents/platform/files/data-folder.js';
import { diskSpace, isNoSpace, SpaceReserve } from '#src/engine/event-store/index.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';

export const OWN_UMASK = 0o077;

/** Bytes that startup itself needs for files: locks, marks and side files of databases. */
const START_BYTES = 2 * 1024 * 1024;

/** Large enough that a disk without a free block refuses the write. */
const PROBE_BYTES = 16_384;

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'it or one of its parents is not a directory',
  ENOENT: 'it cannot be created there',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk quota is used up',
};

/**
 * Creates the data directory and tests whether it is writable. `passable`: an agent in this process or in a child process uses the directory,
 * so tasks must be able to traverse it. On a full disk, an existing log can still be read, so startup takes space for its own files from the
 * log's reserve. Throws {@link SettingsError} if the directory is unusable, because a restart would not help.
 */
export function openDataDirectory(dataDir: string, options: { readonly passable: boolean }): string {
  const directory = resolve(dataDir);
  try {
    makeDataFolder(directory, options);
    probe(directory);
    if (diskSpace(directory).free < START_BYTES) makeRoom(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (isNoSpace(error) && existsSync(join(directory, 'events.db'))) {
      makeRoom(directory);
      return directory;
    }
    const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw new SettingsError([
      `MUSTER_DATA_DIR: ${directory} cannot hold the data: ${reason}${code === '' ? '' : ` (${code})`}`,
    ]);
  }
  return directory;
}

function makeRoom(directory: string): void {
  new SpaceReserve(directory).spend('ends', START_BYTES);
}

function probe(directory: string): void {
  const file = join(directory, `probe-${process.pid}`);
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, Buffer.alloc(PROBE_BYTES, 1));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}
