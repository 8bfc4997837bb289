export const TENANT_SUPPORT = 'exec.tenants';
export const TENANT_REFUSAL_REASON = 'exec.tenants_refused_for';
/**
 * Why a node refuses tenants' processes. `shared_user`: they would run as the agent's own user. `shared_tmp`: they would share `/tmp` and `/dev/shm`.
 * `open_store`: they could reach a Muster store or NATS server that does not require credentials.
 */
export const TENANT_REFUSALS = ['shared_user', 'shared_tmp', 'open_store'] as const;
export type TenantRefusal = (typeof TENANT_REFUSALS)[number];

const REFUSAL_MESSAGES: Readonly<Record<TenantRefusal, string>> = {
  shared_user: '',
  shared_tmp: ' (processes there share /tmp)',
  open_store: ' (processes there reach a store or NATS that asks for no credentials)',
};

export function refusalMessage(said: string | undefined): string {
  return REFUSAL_MESSAGES[TENANT_REFUSALS.find((each) => each === said) ?? 'shared_user'];
}

/** Returns why a node refused tenants' processes, derived from the scheduler's reason, or undefined if the reason is a different one. */
export function tenantRefusalOf(reason: string): TenantRefusal | undefined {
  if (!reason.startsWith(`constraint ${TENANT_SUPPORT} `)) return undefined;
  return (
    TENANT_REFUSALS.find(
      (each) => REFUSAL_MESSAGES[each] !== '' && reason.endsWith(REFUSAL_MESSAGES[each]),
    ) ?? 'shared_user'
  );
}

export const OPEN_STORES = 'exec.open_stores';
export const CONTAINER_SUPPORT = 'docker.tenants';
export const CONTAINER_OPEN_STORES = 'docker.open_stores';
export const ACCEPTS_CONTAINERS = { attribute: CONTAINER_SUPPORT, operator: '!=', value: 'refused' } as const;
export const ACCEPTS_TENANTS = { attribute: TENANT_SUPPORT, operator: '!=', value: 'refused' } as const;
