/**
 * Whose the operator's own keys are (`MUSTER_API_KEYS`). It is no account: no event made it, nothing takes a right from it, and no account can get its id, as those
 * are UUIDs. What it makes belongs to it under this name, and to this tenant.
 */
export const OPERATOR = { userId: 'operator-key', number: 0, role: 'admin', tenantId: 'default', execute: true } as const;
