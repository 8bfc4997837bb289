import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '#domain/kernel/errors/index.js';
import { reasonOf } from '#src/engine/system-error.js';

/** Returns an error for an unreadable backup file: `missing` if it does not exist, otherwise the reason. Names the owner if permission was denied. */
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
    : `${reason}. It belongs to user ${String(closed)} but this process runs as user ${String(uid)}: change its owner with chown (\`docker cp\` preserves owners)`;
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    // If the file's directory is not accessible either, the caller determines the directory's owner.
    return undefined;
  }
}
