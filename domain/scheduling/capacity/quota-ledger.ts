import {
  HOLDER_KINDS,
  isShare,
  limitOf,
  NO_QUOTAS,
  QUOTA_NAMES,
  SELF_REGISTERED,
  SHARED_QUOTAS,
  UNLIMITED,
  type DefaultLimits,
  type Holder,
  type HolderKind,
  type Limit,
  type QuotaExcess,
  type QuotaName,
  type ScheduledQuota,
  type SharedQuota,
} from '../../accounts/quota/index.js';
import type { Role } from '../../accounts/user/role.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { Resources } from '../../jobs/job/specification.js';
import { SLOTS } from '../../kernel/resources.js';
import { AccountKinds, type AccountKindsRecord } from './account-kinds.js';

/** How much an allocation contributes to each quota that the scheduler enforces. */
export interface QuotaUse {
  readonly owner: JobOwner;
  readonly slots: number;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly notifications: number;
  readonly runs: number;
  /** Longest time from its start to its end, in milliseconds. Infinite if it has no time limit. */
  readonly maxRunMs: number;
}

type Level = 'slots' | 'cpu' | 'memory' | 'gpus' | 'notifications';
const LEVELS: readonly Level[] = ['slots', 'cpu', 'memory', 'gpus', 'notifications'];
const PLACED: readonly ScheduledQuota[] = [...LEVELS, 'runs_per_minute'];
/** Those of one tenant or account. */
const OWN = PLACED.filter((quota) => quota !== 'gpus');
/** Quotas that all self-registered accounts share. */
const GROUP_QUOTAS: readonly ScheduledQuota[] = [...SHARED_QUOTAS, 'gpus'];
const MINUTE_MS = 60_000;
const OF_RUNS: ReadonlySet<string> = new Set(['tasks', 'conda']);
const NOTICE = /^task\.\d+\.notice\.\d+$/;

type Held = Map<string, Record<Level, number>>;

interface Starts {
  readonly minute: number;
  readonly count: number;
}

export type ClusterTotals = Readonly<Record<SharedQuota | 'gpus', number>>;

/** Snapshot of the ledger. It does not include the held amounts, because they are derived from the allocations. */
export interface QuotaRecord extends AccountKindsRecord {
  readonly limits: readonly (readonly [string, Limit])[];
  readonly starts: readonly (readonly [string, number, number])[];
  readonly told: readonly (readonly [string, number])[];
}

export interface QuotaUsage extends Holder {
  readonly quota: ScheduledQuota;
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

/** Work that alone exceeds its limit waits under this key, so that no other work waits behind it. */
const TOO_LARGE = 'too large';

/** Returns the key under which work waits that the quota keeps from being placed. */
export function waitKeyOf(excess: QuotaExcess): string {
  return excess.requested === undefined ? quotaKey(excess) : TOO_LARGE;
}

export function quotaUseOf(
  jobId: string,
  owner: JobOwner | undefined,
  resources: Resources,
  maxRunMs: number,
): QuotaUse | undefined {
  if (owner === undefined) return undefined;
  const notifications = NOTICE.test(jobId) ? 1 : 0;
  const runs = isRun({ id: jobId, owner }) ? 1 : 0;
  return {
    owner,
    slots: Math.max(runs, resources[SLOTS] ?? 0),
    cpu: resources['cpu'] ?? 0,
    memory: resources['memory'] ?? 0,
    gpus: resources['gpus'] ?? 0,
    notifications,
    runs,
    maxRunMs,
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
  /** Whether work of others than the holder waits for the resource. Then a share binds short work, too. */
  readonly isContested: (quota: ScheduledQuota, holder: Holder) => boolean;
}

/**
 * Usage and limits of tenants and accounts in the whole cluster. Jobs without an owner belong to the operator and are not attributed to any account.
 * Jobs of the operator and of administrators are counted, but not limited.
 */
export class QuotaLedger {
  #defaults: DefaultLimits = NO_QUOTAS;
  readonly #held: Held = new Map();
  /** The part of it that runs longer than work may be lent. */
  readonly #lasting: Held = new Map();
  readonly #starts = new Map<string, Starts>();
  readonly #limits = new Map<string, Limit>();
  readonly #accounts = new AccountKinds();
  readonly #told = new Map<string, number>();

  /** Applies the limits of the settings. `held`: all that counts at present, because the settings decide which of it is lent. */
  limitBy(defaults: DefaultLimits, held: () => Iterable<QuotaUse>): void {
    const { lentMs } = this.#defaults;
    this.#defaults = defaults;
    if (defaults.lentMs === lentMs) return;
    this.#lasting.clear();
    for (const counted of held())
      if (this.#lasts(counted))
        for (const key of ownKeysOf(counted.owner)) add(this.#lasting, key, counted, 1);
  }

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
    this.#changeAccount(userId, () => this.#accounts.setRole(userId, role));
  }

  setExecute(userId: string, execute: boolean): void {
    this.#changeAccount(userId, () => this.#accounts.setExecute(userId, execute));
  }

  eraseAccount(userId: string): void {
    this.#changeAccount(userId, () => this.#accounts.erase(userId));
  }

  isExempt({ principal }: Pick<JobOwner, 'principal'>): boolean {
    return principal === 'operator-key' || this.#accounts.isAdministrator(principal);
  }

  /** Returns who takes turns with others: the tenant, or all self-registered accounts together. */
  lineOf({ tenant, principal }: JobOwner): string {
    return this.#accounts.isSelfRegistered(principal) ? SELF_REGISTERED : (tenant ?? principal);
  }

  /** Returns the keys of everyone to whose usage the owner's work counts. */
  keysOf(owner: JobOwner): string[] {
    const own = ownKeysOf(owner);
    return this.#accounts.isSelfRegistered(owner.principal) ? [...own, GROUP_KEY] : own;
  }

  /** Returns the first quota that one more such allocation would exceed, or undefined if there is none. */
  excessOf(
    counted: QuotaUse,
    { totals, now, planned = NO_STARTS, isContested }: QuotaBasis,
  ): QuotaExcess | undefined {
    if (this.isExempt(counted.owner)) return undefined;
    const lasts = this.#lasts(counted);
    const isMember = this.#accounts.isSelfRegistered(counted.owner.principal);
    for (const holder of this.#holdersOf(counted.owner)) {
      const isGroup = holder.id === SELF_REGISTERED;
      for (const quota of isGroup ? GROUP_QUOTAS : PLACED) {
        const wanted = quota === 'runs_per_minute' ? counted.runs : counted[quota as Level];
        if (wanted === 0) continue;
        const rule = this.#ruleOf(holder, quota, totals);
        const total = totalOf(totals, quota);
        const most = limitOf(rule, isMember && !isGroup ? this.#groupLimit(quota, totals, total) : total);
        if (most === undefined) continue;
        // Self-registered accounts are lent nothing, and neither is work that lasts.
        const isFixed = isMember || !isShare(rule);
        const countsAll = isFixed || isContested(quota, holder);
        if (!countsAll && !lasts) continue;
        const used = countsAll
          ? this.#usedOf(holder, quota, now, planned)
          : (this.#lasting.get(holderKey(holder))?.[quota as Level] ?? 0);
        if (used + wanted <= most) continue;
        const isTooLarge = wanted > most && (isFixed || lasts);
        return {
          quota,
          of: holder.of,
          holder: holder.id,
          limit: most,
          used,
          ...(isTooLarge && { requested: wanted }),
        };
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
    return (holder.id === SELF_REGISTERED ? PLACED : OWN).map((quota) => {
      const rule = this.#ruleOf(holder, quota, totals);
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
    this.#lasting.clear();
    this.#starts.clear();
    this.#told.clear();
  }

  record(): QuotaRecord {
    return {
      ...this.#accounts.record(),
      limits: [...this.#limits],
      starts: [...this.#starts].map(([key, { minute, count }]) => [key, minute, count]),
      told: [...this.#told],
    };
  }

  restore({ limits, starts, told, ...accounts }: QuotaRecord): void {
    this.#accounts.restore(accounts);
    for (const [key, limit] of limits) this.#limits.set(key, limit);
    for (const [key, minute, count] of starts) this.#starts.set(key, { minute, count });
    for (const [key, at] of told) this.#told.set(key, at);
  }

  #ruleOf(holder: Holder, quota: ScheduledQuota, totals: ClusterTotals): Limit {
    const set = this.#limits.get(`${holderKey(holder)} ${quota}`);
    if (set !== undefined) return set;
    const rule = quota === 'gpus' ? UNLIMITED : this.#defaults[quota][holder.of];
    // GPUs, which only accounts claim, are kept only for accounts that there are.
    return holder.id === SELF_REGISTERED &&
      GROUP_QUOTAS.includes(quota) &&
      (quota !== 'gpus' || this.#accounts.hasOthers())
      ? lower(rule, this.#defaults.selfRegistered, totalOf(totals, quota))
      : rule;
  }

  /** Returns what all self-registered accounts may hold together, of which the share of one of them is a part. */
  #groupLimit(quota: ScheduledQuota, totals: ClusterTotals, total: number): number {
    return GROUP_QUOTAS.includes(quota)
      ? (limitOf(this.#ruleOf(GROUP, quota, totals), total) ?? total)
      : total;
  }

  #lasts({ maxRunMs }: QuotaUse): boolean {
    return maxRunMs > this.#defaults.lentMs;
  }

  #usedOf(holder: Holder, quota: ScheduledQuota, now: number, planned: PlannedStarts): number {
    const key = holderKey(holder);
    if (quota !== 'runs_per_minute') return this.#held.get(key)?.[quota as Level] ?? 0;
    const starts = this.#starts.get(key);
    return (starts?.minute === Math.floor(now / MINUTE_MS) ? starts.count : 0) + (planned.get(key) ?? 0);
  }

  #change(counted: QuotaUse, sign: 1 | -1): void {
    for (const key of this.keysOf(counted.owner)) add(this.#held, key, counted, sign);
    if (this.#lasts(counted))
      for (const key of ownKeysOf(counted.owner)) add(this.#lasting, key, counted, sign);
  }

  /** What an account holds moves into or out of the group with it. */
  #changeAccount(userId: string, change: () => void): void {
    const before = this.#accounts.isSelfRegistered(userId);
    change();
    const after = this.#accounts.isSelfRegistered(userId);
    const held = this.#held.get(holderKey({ of: 'account', id: userId }));
    if (before !== after && held !== undefined) add(this.#held, GROUP_KEY, held, after ? 1 : -1);
  }

  #holdersOf(owner: JobOwner): Holder[] {
    return this.#accounts.isSelfRegistered(owner.principal) ? [...holdersOf(owner), GROUP] : holdersOf(owner);
  }
}

export function nextMinute(now: number): number {
  return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
}

function add(map: Held, key: string, amounts: Readonly<Record<Level, number>>, sign: 1 | -1): void {
  let held = map.get(key);
  if (held === undefined) map.set(key, (held = { slots: 0, cpu: 0, memory: 0, gpus: 0, notifications: 0 }));
  for (const level of LEVELS) held[level] += sign * amounts[level];
  if (LEVELS.every((level) => held[level] === 0)) map.delete(key);
}

function lower(one: Limit, other: Limit, total: number): Limit {
  const infinite = Number.POSITIVE_INFINITY;
  return (limitOf(other, total) ?? infinite) < (limitOf(one, total) ?? infinite) ? other : one;
}

/** Returns the keys of quotas in which a release by this owner may free capacity. */
export function quotaKeysOf(owner: JobOwner): string[] {
  return [...holdersOf(owner), GROUP].flatMap(({ of, id }) =>
    PLACED.map((quota) => quotaKey({ of, holder: id, quota })),
  );
}

export function quotaKeysOfHolder({ of, id }: Holder): string[] {
  return [...QUOTA_NAMES.map((quota) => quotaKey({ of, holder: id, quota })), TOO_LARGE];
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

function totalOf(totals: ClusterTotals, quota: ScheduledQuota): number {
  return quota in totals ? totals[quota as keyof ClusterTotals] : 0;
}
