export const TENANT_SUPPORT = 'exec.tenants';
export const TENANT_REFUSAL_REASON = 'exec.tenants_refused_for';
/**
 * Why a node refuses tenants' processes. `shared_user`: they would run as the agent's own user. `shared_tmp`: they would share `/tmp` and `/dev/shm`.
 */
export const TENANT_REFUSALS = ['shared_user', 'shared_tmp'] as const;
export type TenantRefusal = (typeof TENANT_REFUSALS)[number];

const REFUSAL_MESSAGES: Readonly<Record<TenantRefusal, string>> = {
  shared_user: '',
  shared_tmp: ' (processes there share /tmp)',
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

export const ACCEPTS_TENANTS = { attribute: TENANT_SUPPORT, operator: '!=', value: 'refused' } as const;
