import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDataFolder } from '#agents/data-folder.js';
import { diskSpace, isNoSpace, SpaceReserve } from '#src/engine/event-store/index.js';
import { SettingsError } from './settings/settings.js';

/** All that Muster makes is its user's alone. A task has a umask of its own. */
export const OWN_UMASK = 0o077;

/** What the start itself writes: locks, marks and the side files of databases. */
const START_BYTES = 2 * 1024 * 1024;

/** Enough that a disk without a free block refuses it. */
const PROBE_BYTES = 16_384;

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'it is, or lies below, something that is no folder',
  ENOENT: 'nothing can be made there',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
};

/**
 * Makes the data directory and tries whether it can hold anything. `passable`: an agent of this process or of a child works in it, so that its tasks
 * pass through. On a full disk a log that is there can still be read, and says so itself when it is written: the start then takes room for its own files
 * from the log's reserve.
 *
 * Throws {@link SettingsError} where the place is of no use: that is no failure that another start mends.
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
    throw new SettingsError([`MUSTER_DATA_DIR: ${directory} cannot hold the data: ${reason}${code === '' ? '' : ` (${code})`}`]);
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
