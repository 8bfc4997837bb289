/** Node attribute: whether it accepts processes of tenants. Nodes without it accept them. */
export const TENANT_SUPPORT = 'exec.tenants';
export type TenantSupport = 'accepted' | 'refused';
/** Node attribute: why it refuses them. */
export const TENANT_REFUSAL_REASON = 'exec.tenants_refused_for';
/**
 * `shared_user`: they would run as the agent's own user. `shared_tmp`: they would share `/tmp` and `/dev/shm`.
 * `open_store`: they could reach a store or NATS server of Muster that requires no credentials.
 */
export const TENANT_REFUSALS = ['shared_user', 'shared_tmp', 'open_store'] as const;
export type TenantRefusal = (typeof TENANT_REFUSALS)[number];

const REFUSAL_MESSAGES: Readonly<Record<TenantRefusal, string>> = {
  shared_user: '',
  shared_tmp: ' (processes there share /tmp)',
  open_store: ' (processes there reach a store or NATS that asks for no credentials)',
};

/** Returns the text for a node's refusal reason; empty when the reason is absent or unknown. */
export function refusalMessage(said: string | undefined): string {
  return REFUSAL_MESSAGES[TENANT_REFUSALS.find((each) => each === said) ?? 'shared_user'];
}

/** Returns why a node refused tenants' processes, from a scheduler's reason; undefined: the reason is another one. */
export function tenantRefusalOf(reason: string): TenantRefusal | undefined {
  if (!reason.startsWith(`constraint ${TENANT_SUPPORT} `)) return undefined;
  return (
    TENANT_REFUSALS.find(
      (each) => REFUSAL_MESSAGES[each] !== '' && reason.endsWith(REFUSAL_MESSAGES[each]),
    ) ?? 'shared_user'
  );
}

/** Node attribute: the stores that its tenants' processes can reach without credentials. */
export const OPEN_STORES = 'exec.open_stores';
export const ACCEPTS_TENANTS = { attribute: TENANT_SUPPORT, operator: '!=', value: 'refused' } as const;
