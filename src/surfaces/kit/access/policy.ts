import type { CredentialKind, Principal, UserPrincipal } from '#src/accounts/index.js';
import type { Caller } from './caller.js';

/** Whose objects a route names. An object that the caller may not touch looks absent. */
export interface Objects {
  readonly of: string;
  readonly parameter: string;
  /** Not even an administrator may touch another account's. */
  readonly private?: boolean;
}

export interface Requirement {
  readonly of: string;
  readonly heldBy: readonly Caller[];
  missing(principal: UserPrincipal): string | undefined;
}

/**
 * Who may call a route. Every route declares a policy, or the server does not start. - `anyone`: no check; - `operator`: root and the server's own
 * user on loopback without a credential, else an administrator; - `node`: the same on loopback without a join token, else the join token or the
 * node's own secret; - `account`: any active account; `objects` limits it to its own, its tenant's, or (for an administrator) all; `requires` demands
 * a right as well; - `admin`: an administrator; with `changesRights` an API key needs the scope `*`; - `worker`: an administrator, the join token, or
 * the node's own secret; - `testKey`: anyone with the test API key, if one is configured.
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
      /** The route changes rights, so an API key needs the scope `*`: otherwise it could extend its own rights. */
      readonly changesRights?: true;
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: Policy;
  }
  interface FastifyRequest {
    principal: Principal;
    /** Whether the request would still be allowed for the same principal. For long-running responses. */
    mayStill: () => Promise<boolean>;
    /** The client's address, seen through trusted proxies. Do not use `request.ip`, which is the proxy's. */
    readonly clientAddress: string;
  }
}

const BEARER: readonly CredentialKind[] = ['bearer'];

export const access = {
  anyone: { access: { who: 'anyone' } },
  node: { access: { who: 'node' } },
  testKey: { access: { who: 'testKey' } },
  operator: { access: { who: 'operator', scope: 'cluster', accepts: ['bearer', 'apiKey'] } },
  auditor: { access: { who: 'operator', scope: 'audit', accepts: ['bearer', 'apiKey'] } },
  account: (scope: string, objects?: Objects, requires?: Requirement) =>
    ({
      access: {
        who: 'account',
        scope,
        accepts: BEARER,
        ...(objects && { objects }),
        ...(requires && { requires }),
      },
    }) as const,
  worker: (scope: string) => ({ access: { who: 'worker', scope, accepts: BEARER } }) as const,
  admin: (scope: string, objects?: Objects) =>
    ({ access: { who: 'admin', scope, accepts: BEARER, ...(objects && { objects }) } }) as const,
  accountAdmin: (scope: string, objects?: Objects) =>
    ({
      access: { who: 'admin', scope, accepts: BEARER, changesRights: true, ...(objects && { objects }) },
    }) as const,
} as const satisfies Record<
  string,
  | { readonly access: Policy }
  | ((scope: string, objects?: Objects, requires?: Requirement) => { readonly access: Policy })
>;

export function keyScopeOf(policy: Extract<Policy, { readonly scope: string }>): string {
  return policy.who === 'admin' && policy.changesRights === true ? '*' : policy.scope;
}

export function takesCookiesAlone(policy: Policy): boolean {
  return 'accepts' in policy && policy.accepts.every((kind) => kind === 'cookie');
}
