import type { Editor } from '#domain/accounts/tenant/authorship.js';
import { OPERATOR } from '#domain/accounts/user/operator.js';
import type { Role } from '#domain/accounts/user/role.js';

export interface Anonymous {
  readonly kind: 'anonymous';
}

/** An active account, with its current role and tenant; or the operator with an API key of its own (`OPERATOR`). */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  /** `user_id` of the gpu surface; 0 for the operator. */
  readonly number: number;
  readonly role: Role;
  readonly tenantId: string;
  readonly execute: boolean;
  readonly via: 'token' | 'cookie' | 'apiKey';
  readonly sessionId?: string;
  readonly sessionExpiresAt?: number;
  /** Surfaces that an API key may be used on. Default: all. */
  readonly scopes?: readonly string[];
}

/** An agent. The join token may act for any node without a secret in use, a node's secret for its own node. */
export interface NodePrincipal {
  readonly kind: 'node';
  readonly via: 'joinToken' | 'secret';
  readonly nodeId?: string;
  readonly series?: number;
}

export type Principal = Anonymous | UserPrincipal | NodePrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return principal.userId === OPERATOR.userId ? OPERATOR.userId : `user:${principal.userId}`;
    case 'node':
      return principal.nodeId === undefined ? 'node' : `node:${principal.nodeId}`;
  }
}

export interface Belonging {
  readonly userId: string;
  readonly tenantId: string;
}

/** Whether the principal may see and change an object: its owner, an administrator of its tenant, or an administrator. For all others it does not exist. */
export function mayTouch(principal: Principal, object: Belonging): boolean {
  if (principal.kind !== 'user') return false;
  if (principal.role === 'admin' || principal.userId === object.userId) return true;
  return principal.role === 'tenant_admin' && principal.tenantId === object.tenantId;
}

export function keeperOf({ tenantId, userId, role }: UserPrincipal): Editor & { readonly tenantId: string } {
  return { tenantId, by: userId, any: role !== 'user' };
}

interface Made {
  readonly tenantId: string;
  readonly createdBy: string;
}

/** Whether an account sees a shared object of a tenant: all of the tenant do, and administrators. */
export function maySee({ role, tenantId }: UserPrincipal, made: Pick<Made, 'tenantId'>): boolean {
  return role === 'admin' || tenantId === made.tenantId;
}

/** Whether an account may change a shared object: its creator while in the tenant, administrators of the tenant, administrators. */
export function mayChange({ role, tenantId, userId }: UserPrincipal, made: Made): boolean {
  return (
    role === 'admin' || (tenantId === made.tenantId && (role === 'tenant_admin' || userId === made.createdBy))
  );
}
