/**
 * The owner of the operator's API keys (`MUSTER_API_KEYS`). It is not an account: no event creates or restricts it, and
 * no account can have its id, because those are UUIDs. Its objects belong to this name and tenant.
 */
export const OPERATOR = {
  userId: 'operator-key',
  number: 0,
  role: 'admin',
  tenantId: 'default',
  execute: true,
} as const;
