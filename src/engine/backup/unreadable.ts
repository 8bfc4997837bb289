import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '#domain/kernel/errors/index.js';
import { reasonOf } from '#src/engine/system-error.js';

/** Explains why a file of a backup cannot be read: `missing` if it does not exist, else the error, with the owner for missing permissions. */
export function unreadable(directory: string, name: string, cause: unknown, missing: string): MusterError {
  const { code } = cause as NodeJS.ErrnoException;
  return new MusterError(
    'MUSTER_E_BACKUP_INVALID',
    { directory, problem: code === 'ENOENT' ? missing : problemOf(directory, name, cause) },
    { cause },
  );
}

function problemOf(directory: string, name: string, cause: unknown): string {
  const reason = `its ${name} cannot be read: ${reasonOf(cause)}`;
  const { code } = cause as NodeJS.ErrnoException;
  const uid = process.geteuid?.();
  if ((code !== 'EACCES' && code !== 'EPERM') || uid === undefined) return reason;
  const closed = ownerOf(join(directory, name)) ?? ownerOf(directory);
  return closed === undefined
    ? reason
    : `${reason}. It belongs to user ${String(closed)} and this is user ${String(uid)}: chown it, as \`docker cp\` keeps owners`;
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    // If the folder itself is not accessible, the caller names the folder's owner.
    return undefined;
  }
}
