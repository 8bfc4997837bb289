import { z } from 'zod';

/** What a tenant, or an account, may have only so much of. */
export const QUOTAS = {
  /** Scheduled tasks, paused and disabled ones too. */
  tasks: { unit: 'tasks', share: false },
  /** Runs of tasks that are placed on a node within one minute of the clock. */
  runs_per_minute: { unit: 'runs', share: false },
  /** Runs of tasks under way at once, as the slots of nodes count them. */
  slots: { unit: 'slots', share: true },
  /** 1000 are one core. */
  cpu: { unit: 'cpu', share: true },
  memory: { unit: 'MiB', share: true },
  /** Notifications under way at once. */
  notifications: { unit: 'notifications', share: false },
  /** What commands of accounts, and the jobs of their work, add to the event log on one day of UTC. */
  log_bytes_per_day: { unit: 'bytes', share: false },
} as const satisfies Record<string, { readonly unit: string; readonly share: boolean }>;

export type QuotaName = keyof typeof QUOTAS;
export const QUOTA_NAMES = Object.keys(QUOTAS) as [QuotaName, ...QuotaName[]];

/** What a quota is for: all of a tenant together, or one account. */
export const HOLDER_KINDS = ['tenant', 'account'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** Whose quota it is. */
export interface Holder {
  readonly of: HolderKind;
  /** Id of the tenant, or of the account. */
  readonly id: string;
}

export const UNLIMITED = 'unlimited';
const LIMIT = /^(unlimited|\d{1,15}|\d{1,2}%|100%)$/;

/** A number, a share of what the cluster has (`75%`), or `unlimited`. */
export const limit = z.string().regex(LIMIT, 'must be a whole number, a share such as 75%, or unlimited');
export type Limit = string;

/** What is wrong with a limit of that quota; undefined: nothing. */
export function limitProblem(quota: QuotaName, text: string): string | undefined {
  if (!LIMIT.test(text)) return QUOTAS[quota].share ? 'must be a whole number, a share such as 75%, or unlimited' : 'must be a whole number or unlimited';
  return text.endsWith('%') && !QUOTAS[quota].share ? 'is not a share of the cluster: must be a whole number or unlimited' : undefined;
}

/**
 * The number that a limit stands for; undefined: no limit. `total`: what the cluster has of it. A share of nothing binds nobody, as a job
 * then waits for a node; a share of something is one at least.
 */
export function limitOf(text: Limit, total: number): number | undefined {
  if (text === UNLIMITED) return undefined;
  if (!text.endsWith('%')) return Number(text);
  return total > 0 ? Math.max(1, Math.floor((total * Number(text.slice(0, -1))) / 100)) : undefined;
}

/** The limits of all who have none of their own. */
export type DefaultLimits = Readonly<Record<QuotaName, Readonly<Record<HolderKind, Limit>>>>;

const FREE = { tenant: UNLIMITED, account: UNLIMITED } as const;
export const NO_QUOTAS: DefaultLimits = {
  tasks: FREE,
  runs_per_minute: FREE,
  slots: FREE,
  cpu: FREE,
  memory: FREE,
  notifications: FREE,
  log_bytes_per_day: FREE,
};

/** Three quarters of the cluster, so that one tenant leaves something to others on one small node too. */
export const DEFAULT_LIMITS: DefaultLimits = {
  tasks: { tenant: '1000', account: UNLIMITED },
  runs_per_minute: { tenant: '600', account: UNLIMITED },
  slots: { tenant: '75%', account: UNLIMITED },
  cpu: { tenant: '75%', account: UNLIMITED },
  memory: { tenant: '75%', account: UNLIMITED },
  notifications: { tenant: '20', account: UNLIMITED },
  log_bytes_per_day: { tenant: String(1024 ** 3), account: UNLIMITED },
};

/** What one request asks for of some quotas, such as the CPU of one instance. */
export type Demand = Readonly<Partial<Record<QuotaName, number>>>;

/** A quota that something would pass. */
export interface QuotaExcess {
  readonly quota: QuotaName;
  readonly of: HolderKind;
  readonly holder: string;
  readonly limit: number;
  readonly used: number;
}

/** The quota in words: `quota cpu of tenant X: 4000 of 4000`. */
export function quotaMessage({ quota, of, holder, limit: most, used }: QuotaExcess): string {
  return `quota ${quota} of ${of} ${holder}: ${used} of ${most}`;
}
