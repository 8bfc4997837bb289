import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { lockDataDirectory, LOG_FILE, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { beginEpoch } from './begin-epoch.js';
import { checkLog } from './check-log.js';
import { syncPath } from '#src/engine/sync-path.js';
import { digestOf, readManifest, type BackupManifest } from './manifest.js';
import { unreadable } from './unreadable.js';

export interface RestoreOptions {
  readonly source: string;
  /** The data directory to restore into. It must be new or empty. With `force`, it may have contents, but must not be in use by any process. */
  readonly directory: string;
  readonly force?: boolean;
  readonly clock: Clock;
}

export interface Restored {
  readonly manifest: BackupManifest;
  readonly putAside: string | undefined;
}

const LOCK_FILES = /^muster\.(lock|pid|reserve)/;
/**
 * Files that stay in place. Files of the local agent belong to the machine, not to the log. The Merkle tree of the previous log and its signed
 * checkpoint show how the restored log differs. What was read of that log shows that the epoch of the restored one is new.
 */
const STAYS = /^(agent$|tlog\.|log-seen\.json$)/;
const ASIDE = /^replaced-\d+$/;

/**
 * Restores a backup into a data directory. Before the directory is changed, the digests of all files and the log are verified. Read models and
 * snapshots are rebuilt later. The log begins a new epoch. Throws `MUSTER_E_BACKUP_INVALID`, `MUSTER_E_DATA_DIRECTORY_LOCKED`,
 * `MUSTER_E_DATA_DIRECTORY_NOT_EMPTY` or `MUSTER_E_STORE_CORRUPT`.
 */
export async function restore({
  source,
  directory,
  force = false,
  clock,
}: RestoreOptions): Promise<Restored> {
  const manifest = readManifest(source);
  if (!manifest.files.some(({ name }) => name === LOG_FILE))
    throw invalid(source, 'it contains no event log');
  const lock = lockDataDirectory(directory);
  const draft = join(directory, 'restoring.partial');
  try {
    const former = readdirSync(directory).filter(
      (name) =>
        !LOCK_FILES.test(name) && !STAYS.test(name) && !ASIDE.test(name) && name !== 'restoring.partial',
    );
    if (former.length > 0 && !force)
      throw new MusterError('MUSTER_E_DATA_DIRECTORY_NOT_EMPTY', { directory });
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    for (const file of manifest.files) await copyChecked(source, draft, file);
    const log = checkLog(join(draft, LOG_FILE));
    if (log.storeId !== manifest.storeId || log.events !== manifest.events)
      throw invalid(source, 'its log does not match its manifest');
    await markRestored(draft, clock);
    const putAside = former.length > 0 ? join(directory, `replaced-${String(clock.now())}`) : undefined;
    if (putAside !== undefined) {
      mkdirSync(putAside, { mode: 0o700 });
      for (const name of former) renameSync(join(directory, name), join(putAside, name));
    }
    // The log is moved last, because a directory without a log is considered unused.
    for (const { name } of [...manifest.files].sort(
      (a, b) => Number(a.name === LOG_FILE) - Number(b.name === LOG_FILE),
    ))
      renameSync(join(draft, name), join(directory, name));
    syncPath(directory);
    return { manifest, putAside };
  } finally {
    rmSync(draft, { recursive: true, force: true });
    lock.release();
  }
}

/** Begins the new epoch before the log is moved into place, so the data directory never contains a restored log without a new epoch. */
async function markRestored(directory: string, clock: Clock): Promise<void> {
  const store = await openSqliteEventStore({ directory });
  try {
    await beginEpoch(store, clock, 'restored');
  } finally {
    await store.close();
  }
  syncPath(join(directory, LOG_FILE));
}

async function copyChecked(
  source: string,
  draft: string,
  { name, bytes, sha256 }: BackupManifest['files'][number],
): Promise<void> {
  const from = join(source, name);
  try {
    accessSync(from, constants.R_OK);
  } catch (cause) {
    throw unreadable(source, name, cause, `${name} is missing`);
  }
  const to = join(draft, name);
  copyFileSync(from, to);
  chmodSync(to, 0o600);
  const found = await digestOf(to);
  if (found.bytes !== bytes || found.sha256 !== sha256)
    throw invalid(source, `${name} differs from what was backed up`);
  syncPath(to);
}

function invalid(directory: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_BACKUP_INVALID', { directory, problem });
}
