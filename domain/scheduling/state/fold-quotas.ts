import type { RecordedMusterEvent } from '../../event-types/registry.js';
import type { Holder } from '../../accounts/quota/index.js';
import { quotaKeysOfHolder } from '../capacity/quota-ledger.js';
import type { ClusterState } from './cluster-state.js';

type Of<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;

export function foldLimit(state: ClusterState, { type, data }: Of<'QuotaSet' | 'QuotaReset'>): void {
  const holder: Holder =
    data.account === undefined ? { of: 'tenant', id: data.tenantId } : { of: 'account', id: data.account };
  state.quotas.setLimit(holder, data.quota, type === 'QuotaSet' ? data.limit : undefined);
  state.agenda.quotaHasRoom(quotaKeysOfHolder(holder));
}

/** Records administrators only, because no quota limits their jobs. */
export function foldAccount(
  state: ClusterState,
  { type, data }: Of<'UserRegistered' | 'UserRoleChanged' | 'UserErased'>,
): void {
  state.quotas.setAdministrator(data.userId, type !== 'UserErased' && data.role === 'admin');
}
