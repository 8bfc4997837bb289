import { MusterError } from '../errors/index.js';
import type { Decider, Recorded } from '../event/index.js';
import type { QuotaEvent } from './events.js';
import { limitProblem, type Limit, type QuotaName } from './quotas.js';

export interface QuotaCommand {
  readonly kind: 'set';
  readonly tenantId: string;
  readonly account?: string | undefined;
  readonly quota: QuotaName;
  /** Null: the one of the settings again. */
  readonly limit: Limit | null;
}

/** Limits by account and quota, as {@link limitKey} names them. */
export type QuotaState = ReadonlyMap<string, Limit>;

export function limitKey(account: string | undefined, quota: QuotaName): string {
  return `${account ?? ''} ${quota}`;
}

/** The limits of one tenant and its accounts. Errors: `MUSTER_E_INVALID`. What is so already leaves no event. */
export const quotaDecider: Decider<QuotaCommand, QuotaEvent, QuotaState> = {
  initialState: new Map(),
  decide: ({ tenantId, account, quota, limit }, limits) => {
    const problem = limit === null ? undefined : limitProblem(quota, limit);
    if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'limit', problem });
    const former = limits.get(limitKey(account, quota)) ?? null;
    if (former === limit) return [];
    const of = { tenantId, ...(account !== undefined && { account }), quota };
    return limit === null ? [{ type: 'QuotaReset', data: of }] : [{ type: 'QuotaSet', data: { ...of, limit } }];
  },
  evolve,
};

function evolve(limits: QuotaState, { type, data }: Recorded<QuotaEvent>): QuotaState {
  const next = new Map(limits);
  if (type === 'QuotaSet') next.set(limitKey(data.account, data.quota), data.limit);
  else next.delete(limitKey(data.account, data.quota));
  return next;
}
