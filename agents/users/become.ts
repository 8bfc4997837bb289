import type { HostUser } from './passwd.js';

/** What stands before a program so that it runs as that user, without new privileges, in its own group and at most one more. Nothing: as this process's own user. */
export function wordsToBecome(user: Pick<HostUser, 'uid' | 'gid'> | undefined, group?: number): string[] {
  if (user === undefined) return [];
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, group === undefined ? '--clear-groups' : `--groups=${group}`, '--no-new-privs'];
}
