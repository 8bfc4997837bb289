import { CONTAINER_OPEN_STORES, CONTAINER_SUPPORT } from '#domain/drivers/tenant-refusal.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';

const REFUSED =
  'containers of tenants could reach a store or NATS server of Muster that does not require credentials, so the agent does not run them (MUSTER_CONTAINERS_REACH_OPEN_STORES)';

export class TenantContainers {
  /** `openStores`: stores that accept connections from containers without credentials. Empty if an operator has allowed this. */
  constructor(private readonly openStores: () => readonly string[] = () => []) {}

  /** Returns why no container may start now, or undefined if containers may start. */
  get refusal(): string | undefined {
    return this.openStores().length > 0 ? REFUSED : undefined;
  }

  attributes(): NodeAttributes {
    const open = this.openStores();
    return {
      [CONTAINER_SUPPORT]: open.length > 0 ? 'refused' : 'accepted',
      ...(open.length > 0 && { [CONTAINER_OPEN_STORES]: open.join(', ') }),
    };
  }
}
