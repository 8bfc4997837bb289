/** Any group but root's. */
const OTHER_GROUP = 65_534;

/**
 * Makes the kernel refuse other processes the memory and the environment of this one (`/proc/<pid>/mem`, `/proc/<pid>/environ`, ptrace) and write no core
 * dump of it. Node has no prctl(2), but a change of the effective group does the same as `PR_SET_DUMPABLE` with 0 (commit_creds in kernel/cred.c), as
 * long as `fs.suid_dumpable` is not 1. Returns whether it could: a process that is not root cannot change its group.
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
    // Root in a container may lack the right to change its group.
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return false;
    throw error;
  }
}
