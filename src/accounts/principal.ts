import type { Editor } from '#domain/accounts/tenant/authorship.js';
import { OPERATOR } from '#domain/accounts/user/operator.js';
import { seesAll, type Role } from '#domain/accounts/user/role.js';

export interface Anonymous {
  readonly kind: 'anonymous';
  /** The operator whose own connection it is, as events record it. Undefined for all other callers. */
  readonly operator?: string;
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly number: number;
  readonly role: Role;
  readonly tenantId: string;
  readonly execute: boolean;
  readonly via: 'token' | 'cookie' | 'console' | 'apiKey';
  readonly sessionId?: string;
  readonly sessionExpiresAt?: number;
  /** Time at which a console session ends regardless of its use, in milliseconds since the epoch. Undefined for all other credentials. */
  readonly sessionEndsAt?: number;
  readonly scopes?: readonly string[];
  /** Set if the credential is an API key. */
  readonly apiKeyId?: string;
}

/** An agent. With the join token, it may act for any node that has not used its own secret. With a node's secret, it may act only for that node. */
export interface NodePrincipal {
  readonly kind: 'node';
  readonly via: 'joinToken' | 'secret';
  readonly nodeId?: string;
  readonly series?: number;
}

export type Principal = Anonymous | UserPrincipal | NodePrincipal;

export const ANONYMOUS: Anonymous = { kind: 'anonymous' };

/** Returns the principal of an operator's own connection. `user`: name of the user of this machine, or undefined if connections do not tell it. */
export function operatorHere(user: string | undefined): Anonymous {
  return { ...ANONYMOUS, operator: user === undefined ? 'operator' : `local:${user}` };
}

/** Returns the name under which events record the actions of an account. */
export function accountActor(userId: string): string {
  return `user:${userId}`;
}

export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return principal.operator ?? 'anonymous';
    case 'user':
      return principal.userId === OPERATOR.userId ? OPERATOR.userId : accountActor(principal.userId);
    case 'node':
      return principal.nodeId === undefined ? 'node' : `node:${principal.nodeId}`;
  }
}

export interface Belonging {
  readonly userId: string;
  readonly tenantId: string;
}

/**
 * Whether the principal may see and change an object. True for its owner, for administrators of its tenant, and for administrators. For everyone else
 * the object does not exist. Also true for auditors, because the guard refuses all their changes.
 */
export function mayTouch(principal: Principal, object: Belonging): boolean {
  if (principal.kind !== 'user') return false;
  if (seesAll(principal.role) || principal.userId === object.userId) return true;
  return principal.role === 'tenant_admin' && principal.tenantId === object.tenantId;
}

export function keeperOf({ tenantId, userId, role }: UserPrincipal): Editor & { readonly tenantId: string } {
  return { tenantId, by: userId, any: role === 'admin' || role === 'tenant_admin' };
}

interface Made {
  readonly tenantId: string;
  readonly createdBy: string;
}

/** Whether an account may see a tenant's shared object. True for members of the tenant, administrators and auditors. */
export function maySee({ role, tenantId }: UserPrincipal, made: Pick<Made, 'tenantId'>): boolean {
  return seesAll(role) || tenantId === made.tenantId;
}

/** Whether an account may change a shared object. True for its creator while in the tenant, the tenant's administrators, and administrators. */
export function mayChange(
  { role, tenantId, userId }: Pick<UserPrincipal, 'role' | 'tenantId' | 'userId'>,
  made: Made,
): boolean {
  return (
    role === 'admin' ||
    (role !== 'auditor' &&
      tenantId === made.tenantId &&
      (role === 'tenant_admin' || userId === made.createdBy))
  );
}
