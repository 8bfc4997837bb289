import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OPEN_STORES, TENANTS_REFUSED_FOR, TENANTS_TAKEN, type TenantRefusal } from '#domain/drivers/tenant-refusal.js';
import type { NodeAttributes } from '#domain/resources.js';
import { writeFileDurably } from '../journal/durable-file.js';
import { wordsToBecome } from './become.js';
import { passwd, type HostUser } from './passwd.js';

/** User numbers that tenants are given, both ends included. */
export interface UidRange {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_TASK_UIDS: UidRange = { first: 200_000, last: 265_535 };

/**
 * How tenants' processes are kept apart: each tenant's as a user of its own; all as the agent's own user, who is not root; or not at all, as the
 * agent is root and cannot become others: then they do not run.
 */
export type Separation = 'separate' | 'shared' | 'none';

const SHARED_USER = 'the agent is not root, and a process of its own user reads its secrets and what other tenants run';

const REFUSED: Readonly<Record<Exclude<TenantRefusal, 'shared_user'>, string>> = {
  shared_tmp: 'processes of tenants would share /tmp and /dev/shm here, so the agent runs none of them (MUSTER_TENANTS_SHARE_TMP)',
  open_store:
    'processes of tenants would reach a store of Muster, or its NATS, that asks for no credentials, so the agent runs none of them (MUSTER_TENANTS_REACH_OPEN_STORES)',
};

const kept = z.object({ users: z.array(z.object({ tenant: z.string(), uid: z.number().int().positive() })) });

export interface TenantUsersOptions {
  /** The agent's own folder. */
  readonly directory: string;
  readonly range: UidRange;
  /** Found out by trying, unless it is said. */
  readonly separation?: Separation;
  /** An operator said that tenants' processes may run as the agent's own user. Default: they do not run there. */
  readonly mayShare?: boolean;
  /** Tenants' processes would share `/tmp` and `/dev/shm`, and no operator accepted that. Default false. */
  readonly refusedTmp?: boolean;
  /** Stores that let in tenants' processes without credentials, where no operator accepted that. Default: none. */
  readonly openStores?: () => readonly string[];
  /** Whether a number is a user's of the host already. */
  readonly isTaken?: (uid: number) => Promise<boolean>;
}

/**
 * Which user of this node is which tenant's. A tenant's number follows from its name where that is free, else it is the next free one; it is written
 * down before a process has it, and never another tenant's, even where the range has changed since.
 */
export class TenantUsers {
  readonly #file: string;
  readonly #range: UidRange;
  readonly #isTaken: (uid: number) => Promise<boolean>;
  readonly #mayShare: boolean;
  readonly #refusedTmp: boolean;
  readonly #openStores: () => readonly string[];
  readonly #users: Map<string, number[]>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly separation: Separation,
    { directory, range, mayShare = false, refusedTmp = false, openStores = () => [], isTaken = isOfHost }: TenantUsersOptions,
    users: Map<string, number[]>,
  ) {
    this.#file = fileIn(directory);
    this.#range = range;
    this.#isTaken = isTaken;
    this.#mayShare = mayShare;
    this.#refusedTmp = refusedTmp;
    this.#openStores = openStores;
    this.#users = users;
  }

  static async open(options: TenantUsersOptions): Promise<TenantUsers> {
    const separation = options.separation ?? (await findSeparation(options.range));
    const users = new Map<string, number[]>();
    for (const { tenant, uid } of await readKept(fileIn(options.directory))) users.set(tenant, [...(users.get(tenant) ?? []), uid]);
    return new TenantUsers(separation, options, users);
  }

  /** Why tenants' processes do not run here now; undefined: they do. Where an operator lets them run as the agent's user, they may do all that it may. */
  get refusal(): TenantRefusal | undefined {
    if (this.separation === 'shared' && this.#mayShare) return undefined;
    if (this.separation !== 'separate') return 'shared_user';
    if (this.#refusedTmp) return 'shared_tmp';
    return this.#openStores().length > 0 ? 'open_store' : undefined;
  }

  /** What the node says of whether it takes tenants' processes, and why not. */
  attributes(): NodeAttributes {
    const { refusal } = this;
    const open = this.#openStores();
    return {
      [TENANTS_TAKEN]: refusal === undefined ? 'accepted' : 'refused',
      ...(refusal !== undefined && { [TENANTS_REFUSED_FOR]: refusal }),
      ...(open.length > 0 && { [OPEN_STORES]: open.join(', ') }),
    };
  }

  /** Throws where a tenant's process may not be started now though it would have a user of its own. */
  mayStart(): void {
    const { refusal } = this;
    if (refusal !== undefined && refusal !== 'shared_user') throw new Error(REFUSED[refusal]);
  }

  /** The user of a tenant's processes; undefined: the agent's own. Throws where it has none. */
  async userOf(tenant: string): Promise<HostUser | undefined> {
    if (this.separation === 'shared') {
      if (this.#mayShare) return undefined;
      throw new Error(`${SHARED_USER}, so it runs no processes of tenants (MUSTER_TENANTS_SHARE_AGENT_USER)`);
    }
    if (this.separation === 'none') throw new Error('the agent is root here and cannot become other users, so it runs no processes of tenants');
    const given = this.#turn.then(() => this.#given(tenant));
    this.#turn = given.catch(() => undefined);
    const uid = await given;
    return { uid, gid: uid };
  }

  async #given(tenant: string): Promise<number> {
    const own = this.#users.get(tenant) ?? [];
    const known = own.find((uid) => uid >= this.#range.first && uid <= this.#range.last);
    if (known !== undefined) return known;
    const uid = await this.#free(tenant);
    this.#users.set(tenant, [...own, uid]);
    try {
      await writeFileDurably(
        this.#file,
        JSON.stringify({ users: [...this.#users].flatMap(([name, uids]) => uids.map((each) => ({ tenant: name, uid: each }))) }),
      );
    } catch (error) {
      this.#users.set(tenant, own);
      throw error;
    }
    return uid;
  }

  async #free(tenant: string): Promise<number> {
    const { first, last } = this.#range;
    const size = last - first + 1;
    const given = new Set([...this.#users.values()].flat());
    const begin = createHash('sha256').update(tenant).digest().readUIntBE(0, 6) % size;
    for (let step = 0; step < size; step += 1) {
      const uid = first + ((begin + step) % size);
      if (!given.has(uid) && !(await this.#isTaken(uid))) return uid;
    }
    throw new Error(`all user numbers from ${first} to ${last} (MUSTER_TASK_UIDS) belong to other tenants`);
  }
}

function fileIn(directory: string): string {
  return path.join(directory, 'tenant-users.json');
}

/** A file that cannot be read is no empty one: two tenants would get one number. */
async function readKept(file: string): Promise<z.infer<typeof kept>['users']> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return kept.parse(JSON.parse(text)).users;
}

async function isOfHost(uid: number): Promise<boolean> {
  return (await passwd(String(uid))) !== undefined;
}

/** Root in a container may lack the right to be others, or their numbers: both ends of the range are tried. */
async function findSeparation({ first, last }: UidRange): Promise<Separation> {
  if (process.geteuid?.() !== 0) return 'shared';
  const become = (uid: number): Promise<boolean> =>
    new Promise((resolve) => {
      const [program = 'true', ...words] = [...wordsToBecome({ uid, gid: uid }), 'true'];
      execFile(program, words, { timeout: 5000 }, (error) => resolve(error === null));
    });
  return (await become(first)) && (await become(last)) ? 'separate' : 'none';
}
