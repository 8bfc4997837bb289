import type { FastifyRequest } from 'fastify';
import { seesAll } from '#domain/accounts/user/index.js';
import { mayTouch, maySee, type UserPrincipal } from '#src/accounts/index.js';

/** The holder of an object. An object without a holder belongs to the cluster, so only operators see it. */
export interface Holder {
  readonly tenantId: string;
  readonly userId: string;
  /** Visible only to its owner and administrators, not to the rest of the tenant. */
  readonly private?: true;
}

/** Visible to everyone. */
export const SHARED = 'shared';

/** The calling account. Undefined for the operator, an administrator or an auditor, who see everything. */
export type Viewer = UserPrincipal | undefined;

/** The route has a policy for operators and accounts, so a caller without an account is the operator. */
export function viewerOf({ principal }: FastifyRequest): Viewer {
  return principal.kind === 'user' && !seesAll(principal.role) ? principal : undefined;
}

export function sees(viewer: Viewer, holder: Holder | typeof SHARED | undefined): boolean {
  if (viewer === undefined || holder === SHARED) return true;
  if (holder === undefined) return false;
  return holder.private === true ? mayTouch(viewer, holder) : maySee(viewer, holder);
}

/** Viewers with the same key see the same objects. */
export function viewerKey(viewer: Viewer): string {
  return viewer === undefined ? '' : `${viewer.role} ${viewer.tenantId} ${viewer.userId}`;
}
