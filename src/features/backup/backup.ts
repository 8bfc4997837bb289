import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeMissingFolder, PRIVATE } from '#agents/platform/files/folder.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { LOG_FILE } from '#src/engine/event-store/index.js';
import { checkLog } from './check-log.js';
import { syncPath } from '#src/engine/sync-path.js';
import { filesToBackUp } from './backup-files.js';
import { digestOf, MANIFEST_FILE, type BackupManifest } from './manifest.js';

export interface BackupOptions {
  readonly directory: string;
  readonly target: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const PAGES_A_STEP = 2_000;

/**
 * Backs up everything that cannot be rebuilt, while the server keeps running. SQLite's online backup copies each database as of one moment. The
 * backup gets its final name only after verification, so an unfinished backup is never mistaken for a complete one. Throws `MUSTER_E_BACKUP_INVALID`,
 * `MUSTER_E_STORE_CORRUPT` or `MUSTER_E_STORE_UNAVAILABLE`.
 */
export async function backUp({
  directory,
  target,
  clock,
  onProgress,
}: BackupOptions): Promise<BackupManifest> {
  if (!existsSync(join(directory, LOG_FILE)))
    throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: `there is no event log in ${directory}` });
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new MusterError('MUSTER_E_BACKUP_INVALID', {
      directory: target,
      problem: 'it is not empty; choose a new or an empty directory',
    });
  const draft = `${target.replace(/\/+$/, '')}.partial`;
  rmSync(draft, { recursive: true, force: true });
  makeMissingFolder(draft, PRIVATE);
  const files = [];
  for (const { name, isDatabase } of filesToBackUp(directory, LOG_FILE)) {
    const copy = join(draft, name);
    if (isDatabase)
      await copyDatabase(join(directory, name), copy, name === LOG_FILE ? onProgress : undefined);
    else copyFileSync(join(directory, name), copy);
    chmodSync(copy, 0o600);
    syncPath(copy);
    files.push({ name, ...(await digestOf(copy)) });
  }
  const { storeId, position, events } = checkLog(join(draft, LOG_FILE));
  const manifest: BackupManifest = {
    format: 'muster-backup',
    version: 1,
    storeId,
    position: position === undefined ? null : String(position),
    events,
    takenAt: clock.now(),
    files,
  };
  writeFileSync(join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  syncPath(join(draft, MANIFEST_FILE));
  syncPath(draft);
  if (existsSync(target)) rmdirSync(target);
  renameSync(draft, target);
  syncPath(dirname(join(target, '.')));
  return manifest;
}

async function copyDatabase(
  source: string,
  copy: string,
  onProgress: BackupOptions['onProgress'],
): Promise<void> {
  const database = new Sqlite(source, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    await database.backup(copy, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress?.({ done: totalPages - remainingPages, total: totalPages });
        return PAGES_A_STEP;
      },
    });
  } finally {
    database.close();
  }
  // The copy is in write-ahead-log mode. DELETE mode turns it into a single file, which can even be read from a read-only file system.
  const copied = new Sqlite(copy);
  try {
    copied.pragma('journal_mode = DELETE');
  } finally {
    copied.close();
  }
}
