import { execFile } from 'node:child_process';
import { TaskStartError } from '../driver.js';

export interface TaskUser {
  readonly uid: number;
  readonly gid: number;
  /** Words for setpriv(1) that make a process this user's. */
  readonly options: string;
}

/**
 * Looks a user up by name or number, the way the host does (NSS). A number without an entry is that uid and that gid,
 * without other groups. Throws where there is none, or the agent may not become it.
 */
export async function resolveUser(user: string): Promise<TaskUser> {
  const entry = await passwd(user);
  const numeric = /^\d+$/.test(user) ? Number(user) : undefined;
  if (entry === undefined && numeric === undefined) throw new TaskStartError(`user ${user} does not exist on this node`);
  if (numeric !== undefined && numeric > 4_294_967_294) throw new TaskStartError(`user ${user} is not a user number`);
  const uid = entry?.uid ?? numeric ?? 0;
  const gid = entry?.gid ?? uid;
  const own = process.geteuid?.();
  if (own !== 0 && own !== uid) throw new TaskStartError(`running as user ${user} needs an agent that runs as root`);
  if (own === uid && own !== 0) return { uid, gid, options: '' };
  const groups = entry === undefined ? '--clear-groups' : '--init-groups';
  return { uid, gid, options: `--reuid=${uid} --regid=${gid} ${groups}` };
}

/** The entry of passwd(5), by getent where there is one. */
function passwd(user: string): Promise<{ uid: number; gid: number } | undefined> {
  return new Promise((resolve, reject) => {
    execFile('getent', ['passwd', '--', user], { timeout: 5000, env: {} }, (error, stdout) => {
      if (error !== null && 'code' in error && error.code === 'ENOENT') {
        reject(new TaskStartError('users cannot be looked up: getent is not installed'));
        return;
      }
      const [, , uid, gid] = stdout.trim().split(':');
      resolve(error === null && uid !== undefined && gid !== undefined ? { uid: Number(uid), gid: Number(gid) } : undefined);
    });
  });
}
