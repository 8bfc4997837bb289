import { MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { QuotaEvent } from './events.js';
import { limitProblem, type Limit, type QuotaName } from './quotas.js';

interface OfQuota {
  readonly tenantId: string;
  readonly account?: string | undefined;
  readonly quota: QuotaName;
}

export type QuotaCommand =
  | (OfQuota & { readonly kind: 'set'; readonly limit: Limit | null })
  /** Records a refused request. `now`: milliseconds since the epoch. */
  | (OfQuota & {
      readonly kind: 'refused';
      readonly limit: number;
      readonly used: number;
      readonly now: number;
    });

export interface QuotaState {
  readonly limits: ReadonlyMap<string, Limit>;
  readonly refused: ReadonlyMap<string, number>;
}

const REFUSED_INTERVAL_MS = 60_000;

export function limitKey(account: string | undefined, quota: QuotaName): string {
  return `${account ?? ''} ${quota}`;
}

export const quotaDecider: Decider<QuotaCommand, QuotaEvent, QuotaState> = {
  initialState: { limits: new Map(), refused: new Map() },
  decide,
  evolve,
};

function decide(command: QuotaCommand, { limits, refused }: QuotaState): readonly QuotaEvent[] {
  const { tenantId, account, quota } = command;
  const key = limitKey(account, quota);
  const of = { tenantId, ...(account !== undefined && { account }), quota };
  if (command.kind === 'refused') {
    const { limit, used, now } = command;
    const before = refused.get(key);
    const isRecorded = before !== undefined && before <= now && now - before < REFUSED_INTERVAL_MS;
    return isRecorded ? [] : [{ type: 'QuotaRefused', data: { ...of, limit, used } }];
  }
  const { limit } = command;
  const problem = limit === null ? undefined : limitProblem(quota, limit);
  if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'limit', problem });
  if ((limits.get(key) ?? null) === limit) return [];
  return limit === null ? [{ type: 'QuotaReset', data: of }] : [{ type: 'QuotaSet', data: { ...of, limit } }];
}

function evolve(state: QuotaState, { type, data, metadata }: Recorded<QuotaEvent>): QuotaState {
  const key = limitKey(data.account, data.quota);
  if (type === 'QuotaRefused') return { ...state, refused: new Map(state.refused).set(key, metadata.at) };
  const limits = new Map(state.limits);
  if (type === 'QuotaSet') limits.set(key, data.limit);
  else limits.delete(key);
  return { ...state, limits };
}
