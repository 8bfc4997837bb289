import type { Decider } from '../../kernel/event/decider.js';
import type { TenantEvent } from './events.js';

export interface TenantCommand {
  readonly kind: 'create';
  readonly tenantId: string;
  readonly createdBy: string;
}

export type TenantState = 'absent' | 'present';

/** Creating an existing tenant has no effect. */
export const tenantDecider: Decider<TenantCommand, TenantEvent, TenantState> = {
  initialState: 'absent',
  decide: ({ tenantId, createdBy }, state) =>
    state === 'present' ? [] : [{ type: 'TenantCreated', data: { tenantId, createdBy } }],
  evolve: () => 'present',
};
