import { existsSync, readFileSync } from 'node:fs';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { NoGetentError, passwd } from '../../platform/passwd.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import { TaskRefusedError, TaskStartError } from '../driver.js';

export interface TaskUser {
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** setpriv(1) options that switch to this user without new privileges. Empty to keep the agent's own user and privileges. */
  readonly options: string;
  readonly umask: string;
  /** The user's name in its own `/etc/passwd`. Undefined unless it is a tenant's own user, which the host does not know. */
  readonly name?: string | undefined;
}

const NO_MORE = '--no-new-privs';
const OPEN = '022';
const CLOSED = '077';

export function checkStart(
  { tenant }: Pick<ExecConfig, 'tenant'>,
  tenants: Pick<TenantUsers, 'mayStart'>,
): void {
  if (tenant === undefined) return;
  try {
    tenants.mayStart();
  } catch (error) {
    throw new TaskRefusedError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export async function userOf(
  { user, tenant }: Pick<ExecConfig, 'user' | 'tenant'>,
  tenants: Pick<TenantUsers, 'userOf'>,
): Promise<TaskUser> {
  if (tenant !== undefined) {
    const owner = await tenants.userOf(tenant).catch((error: unknown) => {
      throw new TaskStartError(error instanceof Error ? error.message : String(error), { cause: error });
    });
    return {
      owner,
      options:
        owner === undefined ? NO_MORE : `--reuid=${owner.uid} --regid=${owner.gid} --clear-groups ${NO_MORE}`,
      umask: CLOSED,
      name: owner === undefined ? undefined : tenantName(owner.uid, hostNames()),
    };
  }
  return user === undefined ? { owner: undefined, options: '', umask: OPEN } : await resolveUser(user);
}

/** Returns a name that says nothing about the tenant. `taken`: lines of passwd and group of the host, whose names are not used. */
export function tenantName(uid: number, taken: string): string {
  const name = `muster-${uid}`;
  const isFree = (each: string): boolean => !`\n${taken}`.includes(`\n${each}:`);
  let free = name;
  for (let next = 2; !isFree(free); next += 1) free = `${name}-${next}`;
  return free;
}

function hostNames(): string {
  return ['/etc/passwd', '/etc/group']
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
    .join('\n');
}

/** A numeric user without a passwd entry is both uid and gid, without supplementary groups. Throws if it is unknown or the agent may not use it. */
async function resolveUser(user: string): Promise<TaskUser> {
  const entry = await passwd(user).catch((error: unknown) => {
    throw error instanceof NoGetentError ? new TaskStartError(error.message) : error;
  });
  const numeric = /^\d+$/.test(user) ? Number(user) : undefined;
  if (entry === undefined && numeric === undefined)
    throw new TaskStartError(`user ${user} does not exist on this node`);
  if (numeric !== undefined && numeric > 4_294_967_294)
    throw new TaskStartError(`user ${user} is not a valid user id`);
  const uid = entry?.uid ?? numeric ?? 0;
  const gid = entry?.gid ?? uid;
  const own = process.geteuid?.();
  if (own !== 0 && own !== uid)
    throw new TaskStartError(`running as user ${user} requires an agent that runs as root`);
  const owner = { uid, gid };
  if (own === uid && own !== 0) return { owner, options: '', umask: OPEN };
  const groups = entry === undefined ? '--clear-groups' : '--init-groups';
  return { owner, options: `--reuid=${uid} --regid=${gid} ${groups} ${NO_MORE}`, umask: OPEN };
}
