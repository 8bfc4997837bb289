import type { HostUser } from '../platform/passwd.js';

/**
 * Returns the command prefix that runs a program as this user, without new privileges, in the user's own group and at most one other group. Empty for
 * this process's own user.
 */
export function wordsToBecome(user: Pick<HostUser, 'uid' | 'gid'> | undefined, group?: number): string[] {
  if (user === undefined) return [];
  return [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    group === undefined ? '--clear-groups' : `--groups=${group}`,
    '--no-new-privs',
  ];
}
