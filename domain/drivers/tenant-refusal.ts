/** The attribute by which a node says whether it takes processes of tenants. One that says nothing takes them. */
export const TENANT_SUPPORT = 'exec.tenants';
export type TenantSupport = 'accepted' | 'refused';
/** The attribute by which a node says why it refuses them. */
export const TENANT_REFUSAL_REASON = 'exec.tenants_refused_for';
/**
 * `shared_user`: they would run as the agent's own user. `shared_tmp`: they would share `/tmp` and `/dev/shm`. `open_store`: they would reach a store of
 * Muster's, or its NATS, that asks for no credentials.
 */
export const TENANT_REFUSALS = ['shared_user', 'shared_tmp', 'open_store'] as const;
export type TenantRefusal = (typeof TENANT_REFUSALS)[number];

/** What a scheduler's reason adds for each, in words. Reasons without them are those of nodes that say nothing more. */
const REFUSAL_MESSAGES: Readonly<Record<TenantRefusal, string>> = {
  shared_user: '',
  shared_tmp: ' (processes there share /tmp)',
  open_store: ' (processes there reach a store or NATS that asks for no credentials)',
};

/** What a node said of why it refuses tenants' processes, for a reason; empty where it said nothing that is known. */
export function refusalMessage(said: string | undefined): string {
  return REFUSAL_MESSAGES[TENANT_REFUSALS.find((each) => each === said) ?? 'shared_user'];
}

/** Why a node refused tenants' processes, by a scheduler's reason; undefined: it did not. */
export function tenantRefusalOf(reason: string): TenantRefusal | undefined {
  if (!reason.startsWith(`constraint ${TENANT_SUPPORT} `)) return undefined;
  return TENANT_REFUSALS.find((each) => REFUSAL_MESSAGES[each] !== '' && reason.endsWith(REFUSAL_MESSAGES[each])) ?? 'shared_user';
}

/** The attribute by which a node names the stores that let in its tenants' processes without credentials. */
export const OPEN_STORES = 'exec.open_stores';
/** What a node must fulfil that is to run a tenant's process. */
export const ACCEPTS_TENANTS = { attribute: TENANT_SUPPORT, operator: '!=', value: 'refused' } as const;
