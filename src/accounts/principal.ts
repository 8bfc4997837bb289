import type { Keeper } from '#domain/tenant/kept.js';
import { OPERATOR } from '#domain/user/operator.js';
import type { Role } from '#domain/user/role.js';

/** Nobody that we know. */
export interface Anonymous {
  readonly kind: 'anonymous';
}

/** An active account, by whatever it showed; role and tenant as the store has them now. Or the operator, by a key of its own (`OPERATOR`). */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  /** The account's number: `user_id` of the gpu surface; the operator's is 0. */
  readonly number: number;
  readonly role: Role;
  readonly tenantId: string;
  /** It was granted to run processes on workers. */
  readonly execute: boolean;
  readonly via: 'token' | 'cookie' | 'apiKey';
  /** Of a token or a cookie. */
  readonly sessionId?: string;
  /** Of that session, in milliseconds since the epoch. */
  readonly sessionExpiresAt?: number;
  /** Surfaces that an API key may be used on; absent: all. */
  readonly scopes?: readonly string[];
}

/** An agent: by the join token, which may speak for any node that has no secret in use, or by a node's own secret. */
export interface NodePrincipal {
  readonly kind: 'node';
  readonly via: 'joinToken' | 'secret';
  /** Whose secret it is. */
  readonly nodeId?: string;
  /** How many secrets of the node were taken back before this one was given. */
  readonly series?: number;
}

export type Principal = Anonymous | UserPrincipal | NodePrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

/** Who did it, as events name him. */
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

/** Whose an object is. */
export interface Belonging {
  readonly userId: string;
  readonly tenantId: string;
}

/** Whether somebody may see and change an object: its owner, an administrator of its tenant, an administrator. To all others it looks absent. */
export function mayTouch(principal: Principal, object: Belonging): boolean {
  if (principal.kind !== 'user') return false;
  if (principal.role === 'admin' || principal.userId === object.userId) return true;
  return principal.role === 'tenant_admin' && principal.tenantId === object.tenantId;
}

/** An account, as commands on what its tenant keeps name it. */
export function keeperOf({ tenantId, userId, role }: UserPrincipal): Keeper & { readonly tenantId: string } {
  return { tenantId, by: userId, any: role !== 'user' };
}

/** What an account made for its tenant. */
interface Made {
  readonly tenantId: string;
  readonly createdBy: string;
}

/** Whether an account sees what was made for a tenant: all of the tenant do, and administrators. */
export function maySee({ role, tenantId }: UserPrincipal, made: Pick<Made, 'tenantId'>): boolean {
  return role === 'admin' || tenantId === made.tenantId;
}

/** Whether an account may change what one made for its tenant, where all of the tenant see it: who made it and is of the tenant yet, its administrators, administrators. */
export function mayChange({ role, tenantId, userId }: UserPrincipal, made: Made): boolean {
  return role === 'admin' || (tenantId === made.tenantId && (role === 'tenant_admin' || userId === made.createdBy));
}
