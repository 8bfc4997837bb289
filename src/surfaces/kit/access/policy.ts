import type { CredentialKind, Principal, UserPrincipal } from '#src/accounts/index.js';
import type { Caller } from './caller.js';

/** Whose objects a route names: to anybody who may not touch one it looks absent. */
export interface Objects {
  /** What they are, for the table. */
  readonly of: string;
  /** Parameter of the path that names one. */
  readonly parameter: string;
  /** Not even an administrator touches another's. */
  readonly private?: boolean;
}

/** More than an account: a right that some have. */
export interface Requirement {
  /** What it is, for the table. */
  readonly of: string;
  /** Of the table's callers those that have it. */
  readonly heldBy: readonly Caller[];
  /** What the account lacks, in words for it; undefined: nothing. */
  missing(principal: UserPrincipal): string | undefined;
}

/**
 * Who may call a route. Each route states it; the server does not start with one that does not.
 *
 * - `anyone`: nothing is looked at;
 * - `operator`: on loopback root and the server's own user, where they show no credential; else an administrator;
 * - `node`: the same on loopback without a join token, else the join token or the node's own secret;
 * - `account`: any active account; `objects` says that it meets only its own, its tenant's, or (an administrator) all; `requires` asks for a right as well;
 * - `admin`: an administrator; `changesRights` says that an API key needs the scope `*`;
 * - `worker`: an administrator, or the join token, or the node's own secret;
 * - `testKey`: anybody who has the test API key, where one is set.
 */
export type Policy =
  | { readonly who: 'anyone' }
  | { readonly who: 'node' }
  | { readonly who: 'testKey' }
  | { readonly who: 'worker'; readonly scope: string; readonly accepts: readonly CredentialKind[] }
  | { readonly who: 'operator'; readonly scope: string; readonly accepts: readonly CredentialKind[] }
  | {
      readonly who: 'account';
      readonly scope: string;
      readonly accepts: readonly CredentialKind[];
      readonly objects?: Objects;
      readonly requires?: Requirement;
    }
  | {
      readonly who: 'admin';
      readonly scope: string;
      readonly accepts: readonly CredentialKind[];
      readonly objects?: Objects;
      /** It changes what accounts may do, so an API key needs the scope `*`: with less it could give itself the rest. */
      readonly changesRights?: true;
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. */
    readonly access?: Policy;
  }
  interface FastifyRequest {
    /** Who calls, as far as the route's policy looks. */
    principal: Principal;
    /** Whether what let the request in would let it in now, as the same: for answers that go on. */
    mayStill: () => Promise<boolean>;
    /** Where the request comes from, also where it came through a trusted proxy. Never `request.ip`: that is the proxy's. */
    readonly clientAddress: string;
  }
}

const BEARER: readonly CredentialKind[] = ['bearer'];

/** The policies of the surfaces, as routes put them into their `config`. */
export const access = {
  anyone: { access: { who: 'anyone' } },
  node: { access: { who: 'node' } },
  testKey: { access: { who: 'testKey' } },
  /** Who runs the cluster. */
  operator: { access: { who: 'operator', scope: 'cluster', accepts: ['bearer', 'apiKey'] } },
  auditor: { access: { who: 'operator', scope: 'audit', accepts: ['bearer', 'apiKey'] } },
  account: (scope: string, objects?: Objects, requires?: Requirement) =>
    ({ access: { who: 'account', scope, accepts: BEARER, ...(objects && { objects }), ...(requires && { requires }) } }) as const,
  /** Who tells of workers. */
  worker: (scope: string) => ({ access: { who: 'worker', scope, accepts: BEARER } }) as const,
  admin: (scope: string, objects?: Objects) => ({ access: { who: 'admin', scope, accepts: BEARER, ...(objects && { objects }) } }) as const,
  /** Administrators that change accounts. */
  accountAdmin: (scope: string, objects?: Objects) =>
    ({ access: { who: 'admin', scope, accepts: BEARER, changesRights: true, ...(objects && { objects }) } }) as const,
} as const satisfies Record<string, { readonly access: Policy } | ((scope: string, objects?: Objects, requires?: Requirement) => { readonly access: Policy })>;

/** The scope that an API key needs. */
export function keyScopeOf(policy: Extract<Policy, { readonly scope: string }>): string {
  return policy.who === 'admin' && policy.changesRights === true ? '*' : policy.scope;
}

/** Whether nothing in `Authorization` would help. */
export function takesCookiesAlone(policy: Policy): boolean {
  return 'accepts' in policy && policy.accepts.every((kind) => kind === 'cookie');
}
