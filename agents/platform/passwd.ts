import { execFile } from 'node:child_process';
import { hasCode } from './error-code.js';

export interface HostUser {
  readonly uid: number;
  readonly gid: number;
}

/** getent(1) is missing. No other program covers all sources of a host's users. */
export class NoGetentError extends Error {
  override readonly name = 'NoGetentError';
}

export interface NamedUser extends HostUser {
  readonly name: string;
}

/** Looks up a user by name or number through NSS. Returns undefined if there is no such user. */
export function passwd(user: string): Promise<NamedUser | undefined> {
  return new Promise((resolve, reject) => {
    execFile('getent', ['passwd', '--', user], { timeout: 5000, env: {} }, (error, stdout) => {
      if (hasCode(error, 'ENOENT')) {
        reject(new NoGetentError('users cannot be looked up: getent is not installed'));
        return;
      }
      const [name = user, , uid, gid] = stdout.trim().split(':');
      resolve(
        error === null && uid !== undefined && gid !== undefined
          ? { name, uid: Number(uid), gid: Number(gid) }
          : undefined,
      );
    });
  });
}
