import { bytesText } from '../../kernel/bytes.js';

const MEBIBYTE = 1024 ** 2;

export const QUOTAS = {
  tasks: { unit: 'tasks', share: false },
  runs_per_minute: { unit: 'runs', share: false },
  slots: { unit: 'slots', share: true },
  cpu: { unit: 'cpu', share: true },
  memory: { unit: 'MiB', share: true },
  notifications: { unit: 'notifications', share: false },
  /** Bytes that an account's commands, and everything written for its work, append to the event log per day (UTC). */
  log_bytes_per_day: { unit: 'bytes', share: false },
} as const satisfies Record<string, { readonly unit: string; readonly share: boolean }>;

export type QuotaName = keyof typeof QUOTAS;
/** Quotas whose limit may be a share of the cluster. */
export const SHARED_QUOTAS = ['slots', 'cpu', 'memory'] as const satisfies readonly QuotaName[];
export type SharedQuota = (typeof SHARED_QUOTAS)[number];

export const QUOTA_NAMES = Object.keys(QUOTAS) as [QuotaName, ...QuotaName[]];

/** Quotas whose limits come from settings of their own. `muster quota set` does not change them. */
export const CONFIGURED_QUOTAS = {
  /** GPUs of an account's claims, including pending ones. The limit depends on its role. */
  gpus: { unit: 'GPUs', setting: 'MUSTER_GPU_QUOTA' },
  /** Services of a tenant. */
  services: { unit: 'services', setting: 'MUSTER_MAX_SERVICES_PER_TENANT' },
  /** Size of a tenant's conda environments. */
  environment_bytes: { unit: 'bytes', setting: 'MUSTER_CONDA_TENANT_GB' },
} as const satisfies Record<string, { readonly unit: string; readonly setting: string }>;

export type ConfiguredQuota = keyof typeof CONFIGURED_QUOTAS;

export function isConfiguredQuota(name: string): name is ConfiguredQuota {
  return Object.hasOwn(CONFIGURED_QUOTAS, name);
}

/** Quotas that may keep work from being placed. GPUs are among them only for all self-registered accounts together. */
export const SCHEDULED_QUOTA_NAMES = [...QUOTA_NAMES, 'gpus'] as const;
export type ScheduledQuota = (typeof SCHEDULED_QUOTA_NAMES)[number];

export type AnyQuota = QuotaName | ConfiguredQuota;
export const ANY_QUOTA_NAMES = [
  ...QUOTA_NAMES,
  ...(Object.keys(CONFIGURED_QUOTAS) as [ConfiguredQuota, ...ConfiguredQuota[]]),
] as const;

export const HOLDER_KINDS = ['tenant', 'account'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/**
 * Id under which quotas of a tenant apply to all self-registered accounts together: the role `user` without the right to execute, which an
 * administrator gives. It limits slots, CPU, memory, GPUs and bytes in the log.
 */
export const SELF_REGISTERED = 'self-registered';

export interface Holder {
  readonly of: HolderKind;
  readonly id: string;
}

export const UNLIMITED = 'unlimited';
/** A number, a share of the cluster (`75%`), or `unlimited`. */
export const LIMIT = /^(unlimited|\d{1,15}|\d{1,2}%|100%)$/;
export type Limit = string;

/** Returns what is wrong with a limit, or undefined if it is valid. */
export function limitProblem(quota: QuotaName, text: string): string | undefined {
  if (!LIMIT.test(text))
    return QUOTAS[quota].share
      ? 'must be a whole number, a share such as 75%, or unlimited'
      : 'must be a whole number or unlimited';
  return isShare(text) && !QUOTAS[quota].share
    ? 'is not a share of the cluster: must be a whole number or unlimited'
    : undefined;
}

/**
 * Returns a limit as a number, or undefined if it is unlimited. `total` is the amount in the whole cluster. If that is 0, a share is unlimited,
 * because the job has to wait for a node anyway. Otherwise a share is at least 1.
 */
export function limitOf(text: Limit, total: number): number | undefined {
  if (text === UNLIMITED) return undefined;
  if (!isShare(text)) return Number(text);
  return total > 0 ? Math.max(1, Math.floor((total * Number(text.slice(0, -1))) / 100)) : undefined;
}

/** A share is lent: short work may exceed it while no other tenant waits for the resource. */
export function isShare(text: Limit): boolean {
  return text.endsWith('%');
}

export interface DefaultLimits extends Readonly<Record<QuotaName, Readonly<Record<HolderKind, Limit>>>> {
  /** Longest time limit of work that may exceed a share, in milliseconds. So another tenant waits no longer than this. */
  readonly lentMs: number;
  /** The most of the cluster that all self-registered accounts hold together, unless an operator sets another limit for them. */
  readonly selfRegistered: Limit;
}

export const DEFAULT_LENT_SECONDS = 300;

const FREE = { tenant: UNLIMITED, account: UNLIMITED } as const;
export const NO_QUOTAS: DefaultLimits = {
  tasks: FREE,
  runs_per_minute: FREE,
  slots: FREE,
  cpu: FREE,
  memory: FREE,
  notifications: FREE,
  log_bytes_per_day: FREE,
  lentMs: DEFAULT_LENT_SECONDS * 1000,
  selfRegistered: UNLIMITED,
};

/** 75 % of the cluster, so that one tenant leaves capacity for others even on a single small node. */
export const DEFAULT_LIMITS: DefaultLimits = {
  tasks: { tenant: '1000', account: UNLIMITED },
  runs_per_minute: { tenant: '600', account: UNLIMITED },
  slots: { tenant: '75%', account: UNLIMITED },
  cpu: { tenant: '75%', account: UNLIMITED },
  memory: { tenant: '75%', account: UNLIMITED },
  notifications: { tenant: '20', account: UNLIMITED },
  log_bytes_per_day: { tenant: String(1024 ** 3), account: UNLIMITED },
  lentMs: DEFAULT_LENT_SECONDS * 1000,
  selfRegistered: '75%',
};

export type Demand = Readonly<Partial<Record<QuotaName, number>>>;

export interface QuotaExcess<Name extends AnyQuota = ScheduledQuota> {
  readonly quota: Name;
  readonly of: HolderKind;
  readonly holder: string;
  readonly limit: number;
  readonly used: number;
  /** What one instance requests, if that alone exceeds the limit: it waits for a larger limit, or a larger cluster. */
  readonly requested?: number | undefined;
}

export function unitOf(quota: AnyQuota): string {
  return (isConfiguredQuota(quota) ? CONFIGURED_QUOTAS[quota] : QUOTAS[quota]).unit;
}

/** Formats an amount of a quota that is counted in this unit: `50 MiB`, `7`. */
export function quotaAmount(unit: string, amount: number): string {
  return unit === 'bytes'
    ? bytesText(amount)
    : unit === 'MiB'
      ? bytesText(amount * MEBIBYTE)
      : String(amount);
}

/** Returns how much of a quota is used. Such a text belongs to the work of an account, so it names no ids: `quota memory of its tenant: 3 GiB of 4 GiB`. */
export function quotaMessage({ quota, of, holder, limit: most, used, requested }: QuotaExcess): string {
  const amount = (value: number): string => quotaAmount(unitOf(quota), value);
  const name = `quota ${quota} of ${holderWords('its', of, holder)}`;
  return requested === undefined
    ? `${name}: ${amount(used)} of ${amount(most)}`
    : `${name}: ${amount(requested)} requested, the limit is ${amount(most)}; request less, or ask an operator to raise the quota`;
}

/** Returns the fields of a refusal for the account that sent the request: the amounts, and the same in words. */
export function refusalFields(excess: QuotaExcess, wanted = 0): Record<string, string | number> {
  const { quota, of, holder, limit: most, used } = excess;
  const unit = unitOf(quota);
  return {
    quota,
    of,
    holder,
    limit: most,
    used,
    whose: holderWords('your', of, holder),
    usedText: quotaAmount(unit, used),
    limitText: quotaAmount(unit, most),
    wantedText: quotaAmount(unit, wanted),
  };
}

function holderWords(whose: 'its' | 'your', of: HolderKind, holder: string): string {
  return holder === SELF_REGISTERED ? 'all self-registered accounts together' : `${whose} ${of}`;
}
