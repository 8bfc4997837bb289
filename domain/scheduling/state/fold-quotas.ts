import type { Recorded } from '../../kernel/event/recorded.js';
import { SELF_REGISTERED, type Holder, type QuotaEvent } from '../../accounts/quota/index.js';
import type { UserEvent } from '../../accounts/user/events.js';
import { quotaKeysOfHolder } from '../capacity/quota-ledger.js';
import type { ClusterState } from './cluster-state.js';

type AccountEvent =
  'UserRegistered' | 'UserRoleChanged' | 'UserErased' | 'ExecutionGranted' | 'ExecutionRevoked';
type Event = QuotaEvent | UserEvent;
type Of<Type extends Event['type']> = Extract<Recorded<Event>, { type: Type }>;

export function foldLimit(state: ClusterState, { type, data }: Of<'QuotaSet' | 'QuotaReset'>): void {
  const holder: Holder =
    data.account === undefined ? { of: 'tenant', id: data.tenantId } : { of: 'account', id: data.account };
  state.quotas.setLimit(holder, data.quota, type === 'QuotaSet' ? data.limit : undefined);
  // The share of each self-registered account is a part of what all of them have.
  state.agenda.quotaHasRoom(
    holder.id === SELF_REGISTERED ? state.agenda.overQuota.keys() : quotaKeysOfHolder(holder),
  );
}

/** Records who is exempt from quotas, and who registered without an administrator. */
export function foldAccount(state: ClusterState, { type, data }: Of<AccountEvent>): void {
  const { quotas } = state;
  const { userId } = data;
  switch (type) {
    case 'UserRegistered':
      quotas.setRole(userId, data.role);
      quotas.setExecute(userId, data.execute === true);
      return;
    case 'UserRoleChanged':
      quotas.setRole(userId, data.role);
      break;
    case 'ExecutionGranted':
    case 'ExecutionRevoked':
      quotas.setExecute(userId, type === 'ExecutionGranted');
      break;
    case 'UserErased':
      quotas.eraseAccount(userId);
  }
  state.agenda.quotaHasRoom(state.agenda.overQuota.keys());
}
