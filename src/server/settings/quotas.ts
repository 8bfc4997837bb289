import { z } from 'zod';
import {
  DEFAULT_LIMITS,
  HOLDER_KINDS,
  limitProblem,
  QUOTA_NAMES,
  type DefaultLimits,
  type HolderKind,
  type Limit,
  type QuotaName,
} from '#domain/accounts/quota/index.js';

type Variable = `MUSTER_QUOTA_${Uppercase<QuotaName>}`;

const variableOf = (quota: QuotaName): Variable =>
  `MUSTER_QUOTA_${quota.toUpperCase() as Uppercase<QuotaName>}`;
const defaultOf = (quota: QuotaName): string =>
  HOLDER_KINDS.map((of) => `${of}=${DEFAULT_LIMITS[quota][of]}`).join(',');

/** Quotas of tenants and accounts without limits of their own: `75%` for tenants, or `tenant=75%,account=10`. */
export const quotaVariables = Object.fromEntries(
  QUOTA_NAMES.map((quota) => [
    variableOf(quota),
    z.string().superRefine(checkedFor(quota)).default(defaultOf(quota)),
  ]),
) as Record<Variable, z.ZodDefault<z.ZodString>>;

/** Converts validated values. Limits that a value does not name have their default. */
export function quotaSettings(value: Readonly<Record<Variable, string>>): DefaultLimits {
  const limits = QUOTA_NAMES.map((quota) => [
    quota,
    { ...DEFAULT_LIMITS[quota], ...Object.fromEntries(entriesOf(value[variableOf(quota)])) },
  ]);
  return Object.fromEntries(limits) as unknown as DefaultLimits;
}

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
