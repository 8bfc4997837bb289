import { z } from 'zod';
import {
  DEFAULT_LENT_SECONDS,
  DEFAULT_LIMITS,
  HOLDER_KINDS,
  limitProblem,
  QUOTA_NAMES,
  type DefaultLimits,
  type HolderKind,
  type Limit,
  type QuotaName,
} from '#domain/accounts/quota/index.js';
import { section, setting, type SectionValue, type Setting } from '#domain/kernel/settings/section.js';

const DOCS: Readonly<Record<QuotaName, string>> = {
  tasks: 'number of scheduled tasks per tenant and per account ([quotas](#quotas))',
  runs_per_minute: 'number of task runs started per minute',
  slots: 'slots that task runs hold at the same time',
  cpu: '`cpu` that all work of a tenant holds at the same time',
  memory: 'memory (MiB) that all work of a tenant holds at the same time',
  notifications: 'number of task notifications being delivered at the same time',
  log_bytes_per_day:
    "bytes that a tenant's commands, and all that is written for its work, add to the event log per UTC day",
};

const defaultOf = (quota: QuotaName): string =>
  HOLDER_KINDS.map((of) => `${of}=${DEFAULT_LIMITS[quota][of]}`).join(',');

const variables = Object.fromEntries(
  QUOTA_NAMES.map((quota) => [
    quota,
    setting(
      `MUSTER_QUOTA_${quota.toUpperCase()}`,
      z.string().superRefine(checkedFor(quota)).default(defaultOf(quota)),
      DOCS[quota],
    ),
  ]),
) as unknown as Record<QuotaName, Setting<z.ZodDefault<z.ZodString>>>;
const lent = setting(
  'MUSTER_QUOTA_LENT_SECONDS',
  z.coerce.number().int().min(0).max(86_400).default(DEFAULT_LENT_SECONDS),
  'work with a time limit of at most this many seconds may exceed a share while no other tenant waits; `0`: none may ([shares](#shares))',
);

/**
 * Quotas for tenants and accounts without individual limits. `75%` applies to tenants, `tenant=75%,account=10` to both. Limits that a value does not
 * mention keep their defaults.
 */
export const quotaSettings = section({ ...variables, lent }, (given): { readonly quotas: DefaultLimits } => {
  const limits = QUOTA_NAMES.map((quota) => [
    quota,
    { ...DEFAULT_LIMITS[quota], ...Object.fromEntries(entriesOf(given[quota])) },
  ]);
  const of = Object.fromEntries(limits) as unknown as Pick<DefaultLimits, QuotaName>;
  return { quotas: { ...DEFAULT_LIMITS, ...of, lentMs: given.lent * 1000 } };
});

export type QuotaSettings = SectionValue<typeof quotaSettings>;

function checkedFor(quota: QuotaName) {
  return (text: string, context: z.RefinementCtx): void => {
    for (const [of, limit] of entriesOf(text)) {
      const problem = (HOLDER_KINDS as readonly string[]).includes(of)
        ? limitProblem(quota, limit)
        : `${of} is neither tenant nor account`;
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }
  };
}

function entriesOf(text: string): [HolderKind, Limit][] {
  return text.split(',').map((part) => {
    const [of, limit] = part.includes('=')
      ? [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]
      : ['tenant', part];
    return [of.trim() as HolderKind, limit.trim()];
  });
}
