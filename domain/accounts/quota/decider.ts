import { MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { QuotaEvent } from './events.js';
import { limitProblem, type AnyQuota, type Limit, type QuotaName } from './quotas.js';

interface OfHolder {
  readonly tenantId: string;
  readonly account?: string | undefined;
}

export type QuotaCommand =
  | (OfHolder & { readonly kind: 'set'; readonly quota: QuotaName; readonly limit: Limit | null })
  /** Records a refused request. `now`: milliseconds since the epoch. */
  | (OfHolder & {
      readonly kind: 'refused';
      readonly quota: AnyQuota;
      readonly limit: number;
      readonly used: number;
      readonly now: number;
    });

export interface QuotaState {
  readonly limits: ReadonlyMap<string, Limit>;
  readonly refused: ReadonlyMap<string, number>;
}

const REFUSED_INTERVAL_MS = 60_000;

export function limitKey(account: string | undefined, quota: AnyQuota): string {
  return `${account ?? ''} ${quota}`;
}

export const quotaDecider: Decider<QuotaCommand, QuotaEvent, QuotaState> = {
  initialState: { limits: new Map(), refused: new Map() },
  decide,
  evolve,
};

function decide(command: QuotaCommand, { limits, refused }: QuotaState): readonly QuotaEvent[] {
  const { tenantId, account } = command;
  const key = limitKey(account, command.quota);
  const holder = { tenantId, ...(account !== undefined && { account }) };
  if (command.kind === 'refused') {
    const { quota, limit, used, now } = command;
    const before = refused.get(key);
    const isRecorded = before !== undefined && before <= now && now - before < REFUSED_INTERVAL_MS;
    return isRecorded ? [] : [{ type: 'QuotaRefused', data: { ...holder, quota, limit, used } }];
  }
  const { quota, limit } = command;
  const of = { ...holder, quota };
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
