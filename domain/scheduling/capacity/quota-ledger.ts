import {
  HOLDER_KINDS,
  isShare,
  limitOf,
  NO_QUOTAS,
  QUOTA_NAMES,
  SELF_REGISTERED,
  SHARED_QUOTAS,
  type DefaultLimits,
  type Holder,
  type HolderKind,
  type Limit,
  type QuotaExcess,
  type QuotaName,
  type SharedQuota,
} from '../../accounts/quota/index.js';
import type { Role } from '../../accounts/user/role.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { Resources } from '../../jobs/job/specification.js';
import { SLOTS } from '../../kernel/resources.js';

/** How much an allocation contributes to each quota that the scheduler enforces. */
export interface QuotaUse {
  readonly owner: JobOwner;
  readonly slots: number;
  readonly cpu: number;
  readonly memory: number;
  readonly notifications: number;
  readonly runs: number;
}

type Level = 'slots' | 'cpu' | 'memory' | 'notifications';
const LEVELS: readonly Level[] = ['slots', 'cpu', 'memory', 'notifications'];
const PLACED: readonly QuotaName[] = [...LEVELS, 'runs_per_minute'];
const MINUTE_MS = 60_000;
const OF_RUNS: ReadonlySet<string> = new Set(['tasks', 'conda']);
const NOTICE = /^task\.\d+\.notice\.\d+$/;

interface Starts {
  readonly minute: number;
  readonly count: number;
}

export type ClusterTotals = Readonly<Record<SharedQuota, number>>;

/** Snapshot of the ledger. It does not include the held amounts, because they are derived from the allocations. */
export interface QuotaRecord {
  readonly roles: readonly (readonly [string, Role])[];
  readonly unproven: readonly string[];
  readonly limits: readonly (readonly [string, Limit])[];
  readonly starts: readonly (readonly [string, number, number])[];
  readonly told: readonly (readonly [string, number])[];
}

export interface QuotaUsage extends Holder {
  readonly quota: QuotaName;
  readonly used: number;
  readonly limit: number | undefined;
  /** The limit as configured, such as `75%`. */
  readonly rule: Limit;
}

const GROUP: Holder = { of: 'tenant', id: SELF_REGISTERED };

export function holderKey({ of, id }: Holder): string {
  return `${of} ${id}`;
}

export function quotaKey({ of, holder, quota }: Pick<QuotaExcess, 'of' | 'holder' | 'quota'>): string {
  return `${of} ${holder} ${quota}`;
}

export function quotaUseOf(
  jobId: string,
  owner: JobOwner | undefined,
  resources: Resources,
): QuotaUse | undefined {
  if (owner === undefined) return undefined;
  const notifications = NOTICE.test(jobId) ? 1 : 0;
  const runs = isRun({ id: jobId, owner }) ? 1 : 0;
  return {
    owner,
    slots: Math.max(runs, resources[SLOTS] ?? 0),
    cpu: resources['cpu'] ?? 0,
    memory: resources['memory'] ?? 0,
    notifications,
    runs,
  };
}

export function isRun({ id, owner }: { readonly id: string; readonly owner: JobOwner | undefined }): boolean {
  return owner !== undefined && OF_RUNS.has(owner.surface) && !NOTICE.test(id);
}

const GROUP_KEY = holderKey(GROUP);

/** Runs that a plan would start in addition to the recorded ones, by {@link holderKey}. */
export type PlannedStarts = ReadonlyMap<string, number>;
const NO_STARTS: PlannedStarts = new Map();

/** What an allocation is checked against. `now` is in milliseconds since the epoch. */
export interface QuotaBasis {
  readonly totals: ClusterTotals;
  readonly now: number;
  readonly planned?: PlannedStarts;
  /** Whether work of others than the holder waits for the resource. Only then a share binds. */
  readonly isContested: (quota: QuotaName, holder: Holder) => boolean;
}

/**
 * Usage and limits of tenants and accounts in the whole cluster. Jobs without an owner belong to the operator and are not attributed to any account.
 * Jobs of the operator and of administrators are counted, but not limited.
 */
export class QuotaLedger {
  defaults: DefaultLimits = NO_QUOTAS;
  readonly #held = new Map<string, Record<Level, number>>();
  readonly #starts = new Map<string, Starts>();
  readonly #limits = new Map<string, Limit>();
  /** Roles other than `user`. */
  readonly #roles = new Map<string, Role>();
  /** Accounts without the right to execute. */
  readonly #unproven = new Set<string>();
  readonly #told = new Map<string, number>();

  hold(counted: QuotaUse): void {
    this.#change(counted, 1);
  }

  release(counted: QuotaUse): void {
    this.#change(counted, -1);
  }

  started({ owner, runs }: QuotaUse, at: number): void {
    if (runs === 0) return;
    const minute = Math.floor(at / MINUTE_MS);
    for (const key of ownKeysOf(owner)) {
      const before = this.#starts.get(key);
      this.#starts.set(key, { minute, count: (before?.minute === minute ? before.count : 0) + runs });
    }
  }

  setLimit(holder: Holder, quota: QuotaName, limit: Limit | undefined): void {
    const key = `${holderKey(holder)} ${quota}`;
    if (limit === undefined) this.#limits.delete(key);
    else this.#limits.set(key, limit);
  }

  setRole(userId: string, role: Role): void {
    this.#changeAccount(userId, () => {
      if (role === 'user') this.#roles.delete(userId);
      else this.#roles.set(userId, role);
    });
  }

  setExecute(userId: string, execute: boolean): void {
    this.#changeAccount(userId, () => {
      if (execute) this.#unproven.delete(userId);
      else this.#unproven.add(userId);
    });
  }

  eraseAccount(userId: string): void {
    this.#changeAccount(userId, () => {
      this.#roles.delete(userId);
      this.#unproven.delete(userId);
    });
  }

  isExempt({ principal }: Pick<JobOwner, 'principal'>): boolean {
    return principal === 'operator-key' || this.#roles.get(principal) === 'admin';
  }

  /** Returns who takes turns with others: the tenant, or all self-registered accounts together. */
  lineOf({ tenant, principal }: JobOwner): string {
    return this.#isSelfRegistered(principal) ? SELF_REGISTERED : (tenant ?? principal);
  }

  /** Returns the keys of everyone to whose usage the owner's work counts. */
  keysOf(owner: JobOwner): string[] {
    const own = ownKeysOf(owner);
    return this.#isSelfRegistered(owner.principal) ? [...own, GROUP_KEY] : own;
  }

  /** Returns the first quota that one more such allocation would exceed, or undefined if there is none. */
  excessOf(
    counted: QuotaUse,
    { totals, now, planned = NO_STARTS, isContested }: QuotaBasis,
  ): QuotaExcess | undefined {
    if (this.isExempt(counted.owner)) return undefined;
    for (const holder of this.#holdersOf(counted.owner)) {
      for (const quota of holder.id === SELF_REGISTERED ? SHARED_QUOTAS : PLACED) {
        const wanted = quota === 'runs_per_minute' ? counted.runs : counted[quota as Level];
        if (wanted === 0) continue;
        const rule = this.#ruleOf(holder, quota);
        const most = limitOf(rule, totalOf(totals, quota));
        if (most === undefined || (isShare(rule) && !isContested(quota, holder))) continue;
        const used = this.#usedOf(holder, quota, now, planned);
        if (used + wanted > most) return { quota, of: holder.of, holder: holder.id, limit: most, used };
      }
    }
    return undefined;
  }

  /** Returns the largest part of slots, CPU or memory of the cluster that the tenant holds, from 0 to 1. */
  shareOf(tenant: string, totals: ClusterTotals): number {
    const held = this.#held.get(holderKey({ of: 'tenant', id: tenant }));
    if (held === undefined) return 0;
    return Math.max(...SHARED_QUOTAS.map((quota) => (totals[quota] > 0 ? held[quota] / totals[quota] : 0)));
  }

  usageOf(holder: Holder, totals: ClusterTotals, now: number): QuotaUsage[] {
    return PLACED.map((quota) => {
      const rule = this.#ruleOf(holder, quota);
      return {
        ...holder,
        quota,
        used: this.#usedOf(holder, quota, now, NO_STARTS),
        limit: limitOf(rule, totalOf(totals, quota)),
        rule,
      };
    });
  }

  holders(): Holder[] {
    const keys = new Set([...this.#held.keys(), ...this.#starts.keys()]);
    for (const key of this.#limits.keys()) keys.add(key.slice(0, key.lastIndexOf(' ')));
    return [...keys].sort().map((key) => ({
      of: key.slice(0, key.indexOf(' ')) as HolderKind,
      id: key.slice(key.indexOf(' ') + 1),
    }));
  }

  /** Returns whether this exhaustion was reported within the last minute. */
  wasReported(key: string, now: number): boolean {
    const at = this.#told.get(key);
    return at !== undefined && at <= now && now - at < MINUTE_MS;
  }

  markReported(key: string, at: number): void {
    this.#told.set(key, at);
  }

  clear(): void {
    this.#held.clear();
    this.#starts.clear();
    this.#told.clear();
  }

  record(): QuotaRecord {
    return {
      roles: [...this.#roles],
      unproven: [...this.#unproven],
      limits: [...this.#limits],
      starts: [...this.#starts].map(([key, { minute, count }]) => [key, minute, count]),
      told: [...this.#told],
    };
  }

  restore({ roles, unproven, limits, starts, told }: QuotaRecord): void {
    for (const [userId, role] of roles) this.#roles.set(userId, role);
    for (const userId of unproven) this.#unproven.add(userId);
    for (const [key, limit] of limits) this.#limits.set(key, limit);
    for (const [key, minute, count] of starts) this.#starts.set(key, { minute, count });
    for (const [key, at] of told) this.#told.set(key, at);
  }

  #ruleOf(holder: Holder, quota: QuotaName): Limit {
    return this.#limits.get(`${holderKey(holder)} ${quota}`) ?? this.defaults[quota][holder.of];
  }

  #usedOf(holder: Holder, quota: QuotaName, now: number, planned: PlannedStarts): number {
    const key = holderKey(holder);
    if (quota !== 'runs_per_minute') return this.#held.get(key)?.[quota as Level] ?? 0;
    const starts = this.#starts.get(key);
    return (starts?.minute === Math.floor(now / MINUTE_MS) ? starts.count : 0) + (planned.get(key) ?? 0);
  }

  #change(counted: QuotaUse, sign: 1 | -1): void {
    for (const key of this.keysOf(counted.owner)) this.#add(key, counted, sign);
  }

  #add(key: string, amounts: Readonly<Record<Level, number>>, sign: 1 | -1): void {
    let held = this.#held.get(key);
    if (held === undefined) this.#held.set(key, (held = { slots: 0, cpu: 0, memory: 0, notifications: 0 }));
    for (const level of LEVELS) held[level] += sign * amounts[level];
    if (LEVELS.every((level) => held[level] === 0)) this.#held.delete(key);
  }

  /** What an account holds moves into or out of the group with it. */
  #changeAccount(userId: string, change: () => void): void {
    const before = this.#isSelfRegistered(userId);
    change();
    const after = this.#isSelfRegistered(userId);
    const held = this.#held.get(holderKey({ of: 'account', id: userId }));
    if (before !== after && held !== undefined) this.#add(GROUP_KEY, held, after ? 1 : -1);
  }

  #isSelfRegistered(userId: string): boolean {
    return this.#unproven.has(userId) && !this.#roles.has(userId);
  }

  #holdersOf(owner: JobOwner): Holder[] {
    return this.#isSelfRegistered(owner.principal) ? [...holdersOf(owner), GROUP] : holdersOf(owner);
  }
}

export function nextMinute(now: number): number {
  return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
}

/** Returns the keys of quotas in which a release by this owner may free capacity. */
export function quotaKeysOf(owner: JobOwner): string[] {
  return [...holdersOf(owner), GROUP].flatMap(({ of, id }) =>
    PLACED.map((quota) => quotaKey({ of, holder: id, quota })),
  );
}

export function quotaKeysOfHolder({ of, id }: Holder): string[] {
  return QUOTA_NAMES.map((quota) => quotaKey({ of, holder: id, quota }));
}

function holdersOf({ tenant, principal }: JobOwner): Holder[] {
  return HOLDER_KINDS.flatMap((of): Holder[] => {
    const id = of === 'tenant' ? tenant : principal;
    return id === null ? [] : [{ of, id }];
  });
}

function ownKeysOf(owner: JobOwner): string[] {
  return holdersOf(owner).map(holderKey);
}

function totalOf(totals: ClusterTotals, quota: QuotaName): number {
  return quota === 'slots' || quota === 'cpu' || quota === 'memory' ? totals[quota] : 0;
}
