import type { Decider } from '../event/decider.js';
import type { TenantEvent } from './events.js';

export interface TenantCommand {
  readonly kind: 'create';
  readonly tenantId: string;
  /** Id of the account that it was made for. */
  readonly createdBy: string;
}

export type TenantState = 'absent' | 'present';

/** Whose objects belong together. One that is there already stays as it is. */
export const tenantDecider: Decider<TenantCommand, TenantEvent, TenantState> = {
  initialState: 'absent',
  decide: ({ tenantId, createdBy }, state) => (state === 'present' ? [] : [{ type: 'TenantCreated', data: { tenantId, createdBy } }]),
  evolve: () => 'present',
};
