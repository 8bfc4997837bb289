import { hasCode } from './error-code.js';

const OTHER_GROUP = 65_534;

/**
 * Makes the kernel deny other processes access to the memory and environment of this one (`/proc/<pid>/mem`, `/proc/<pid>/environ`, ptrace), and
 * disables core dumps. Node has no prctl(2), but changing the effective group has the effect of `PR_SET_DUMPABLE` 0 (commit_creds in kernel/cred.c)
 * unless `fs.suid_dumpable` is 1. Returns false if the process may not change its group.
 */
export function becomeNotDumpable(): boolean {
  const { geteuid, getegid, setegid } = process;
  if (geteuid?.() !== 0 || getegid === undefined || setegid === undefined) return false;
  const own = getegid();
  try {
    setegid(own === OTHER_GROUP ? OTHER_GROUP - 1 : OTHER_GROUP);
    setegid(own);
    return true;
  } catch (error) {
    if (hasCode(error, 'EPERM')) return false;
    throw error;
  }
}
