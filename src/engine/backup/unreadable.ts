import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '#domain/errors/index.js';
import { reasonOf } from '#src/engine/system-error.js';

/** Says why a file of a backup cannot be read: `missing` where it is not there, else the reason and, for a permission, whose it is. */
export function unreadable(directory: string, name: string, cause: unknown, missing: string): MusterError {
  const { code } = cause as NodeJS.ErrnoException;
  return new MusterError('MUSTER_E_BACKUP_INVALID', { directory, problem: code === 'ENOENT' ? missing : problemOf(directory, name, cause) }, { cause });
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
    // The way to it may be closed as well; then its folder says whose it is.
    return undefined;
  }
}
