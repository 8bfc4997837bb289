import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TENANT_REFUSAL_REASON, TENANT_SUPPORT, type TenantRefusal } from '#domain/drivers/tenant-refusal.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import { writeFileDurably } from '../platform/files/durable-file.js';
import { wordsToBecome } from './become.js';
import { passwd, type HostUser } from '../platform/passwd.js';
import { containsAny, subordinateIds, type IdRange } from './subordinate-ids.js';
import { hasCode } from '../platform/error-code.js';

export type UidRange = IdRange;

/**
 * How tenants' processes are isolated. `separate`: each tenant has its own user. `shared`: all run as the agent's non-root user. `none`: the agent is
 * root but cannot change users, so the processes are refused.
 */
export type Separation = 'separate' | 'shared' | 'none';

const SHARED_USER =
  'the agent is not root, and processes of its own user could read its secrets and the data of other tenants';

const REFUSED: Readonly<Record<Exclude<TenantRefusal, 'shared_user'>, string>> = {
  shared_tmp:
    'processes of tenants would share /tmp and /dev/shm here, so the agent does not run them (MUSTER_TENANTS_SHARE_TMP)',
};

const kept = z.object({ users: z.array(z.object({ tenant: z.string(), uid: z.number().int().positive() })) });

export interface TenantUsersOptions {
  readonly directory: string;
  readonly range: UidRange;
  readonly separation?: Separation;
  /** Whether an operator allows tenants' processes to run as the agent's own user. Default: false. */
  readonly mayShare?: boolean;
  /** Whether tenants' processes would share `/tmp` and `/dev/shm` without an operator's permission. Default: false. */
  readonly refusedTmp?: boolean;
  readonly isTaken?: (uid: number) => Promise<boolean>;
  /** Ids that users of the host may use in user namespaces. Default: those in `/etc/subuid` and `/etc/subgid`. */
  readonly subordinate?: () => Promise<readonly IdRange[]>;
}

/**
 * Maps tenants to users of this node. A tenant's uid is derived from its name, or is the next free one. It is stored before a process uses it, and is
 * never assigned to a different tenant, even if the range changes.
 */
export class TenantUsers {
  readonly #file: string;
  readonly #isTaken: (uid: number) => Promise<boolean>;
  readonly #subordinate: () => Promise<readonly IdRange[]>;
  readonly #mayShare: boolean;
  readonly #refusedTmp: boolean;
  readonly #users: Map<string, number[]>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly separation: Separation,
    readonly range: UidRange,
    {
      directory,
      mayShare = false,
      refusedTmp = false,
      isTaken = isOfHost,
      subordinate = async () => await subordinateIds(),
    }: TenantUsersOptions,
    users: Map<string, number[]>,
  ) {
    this.#file = fileIn(directory);
    this.#isTaken = isTaken;
    this.#subordinate = subordinate;
    this.#mayShare = mayShare;
    this.#refusedTmp = refusedTmp;
    this.#users = users;
  }

  static async open(options: TenantUsersOptions): Promise<TenantUsers> {
    const separation = options.separation ?? (await findSeparation(options.range));
    const users = new Map<string, number[]>();
    for (const { tenant, uid } of await readUsersFile(fileIn(options.directory)))
      users.set(tenant, [...(users.get(tenant) ?? []), uid]);
    return new TenantUsers(separation, options.range, options, users);
  }

  /** Why tenants' processes are refused, or undefined if they are accepted. Those that may run as the agent's user have the same access as it. */
  get refusal(): TenantRefusal | undefined {
    if (this.separation === 'shared' && this.#mayShare) return undefined;
    if (this.separation !== 'separate') return 'shared_user';
    return this.#refusedTmp ? 'shared_tmp' : undefined;
  }

  attributes(): NodeAttributes {
    const { refusal } = this;
    return {
      [TENANT_SUPPORT]: refusal === undefined ? 'accepted' : 'refused',
      ...(refusal !== undefined && { [TENANT_REFUSAL_REASON]: refusal }),
    };
  }

  mayStart(): void {
    const { refusal } = this;
    if (refusal !== undefined && refusal !== 'shared_user') throw new Error(REFUSED[refusal]);
  }

  /** Returns the user for a tenant's processes, or undefined for the agent's own user. Throws if no user is available. */
  async userOf(tenant: string): Promise<HostUser | undefined> {
    if (this.separation === 'shared') {
      if (this.#mayShare) return undefined;
      throw new Error(
        `${SHARED_USER}, so it does not run processes of tenants (MUSTER_TENANTS_SHARE_AGENT_USER)`,
      );
    }
    if (this.separation === 'none')
      throw new Error(
        'the agent is root but cannot switch to other users, so it does not run processes of tenants',
      );
    const given = this.#turn.then(() => this.#given(tenant));
    this.#turn = given.catch(() => undefined);
    const uid = await given;
    return { uid, gid: uid };
  }

  async #given(tenant: string): Promise<number> {
    const own = this.#users.get(tenant) ?? [];
    const known = own.find((uid) => containsAny(this.range, [uid]));
    if (known !== undefined) return known;
    const uid = await this.#free(tenant);
    this.#users.set(tenant, [...own, uid]);
    try {
      await writeFileDurably(
        this.#file,
        JSON.stringify({
          users: [...this.#users].flatMap(([name, uids]) =>
            uids.map((each) => ({ tenant: name, uid: each })),
          ),
        }),
      );
    } catch (error) {
      this.#users.set(tenant, own);
      throw error;
    }
    return uid;
  }

  async #free(tenant: string): Promise<number> {
    const { first, last } = this.range;
    const size = last - first + 1;
    const given = new Set([...this.#users.values()].flat());
    const ofUsers = await this.#subordinate();
    const begin = createHash('sha256').update(tenant).digest().readUIntBE(0, 6) % size;
    for (let step = 0; step < size; step += 1) {
      const uid = first + ((begin + step) % size);
      if (given.has(uid) || ofUsers.some((range) => containsAny(range, [uid]))) continue;
      if (!(await this.#isTaken(uid))) return uid;
    }
    throw new Error(`all user ids from ${first} to ${last} (MUSTER_TASK_UIDS) are in use`);
  }
}

function fileIn(directory: string): string {
  return path.join(directory, 'tenant-users.json');
}

/** An unreadable file must not be treated as empty. Otherwise two tenants would share a uid. */
async function readUsersFile(file: string): Promise<z.infer<typeof kept>['users']> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
  return kept.parse(JSON.parse(text)).users;
}

async function isOfHost(uid: number): Promise<boolean> {
  return (await passwd(String(uid))) !== undefined;
}

async function findSeparation({ first, last }: UidRange): Promise<Separation> {
  if (process.geteuid?.() !== 0) return 'shared';
  const become = (uid: number): Promise<boolean> =>
    new Promise((resolve) => {
      const [program = 'true', ...words] = [...wordsToBecome({ uid, gid: uid }), 'true'];
      execFile(program, words, { timeout: 5000 }, (error) => resolve(error === null));
    });
  return (await become(first)) && (await become(last)) ? 'separate' : 'none';
}
