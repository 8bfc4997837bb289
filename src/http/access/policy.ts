import type { MusterError } from '#domain/kernel/errors/index.js';
import type { CredentialKind, Principal, UserPrincipal } from '#src/accounts/index.js';
import type { Caller } from './caller.js';

/** The kind of object that a path parameter identifies. An object that the caller may not access appears to be absent. */
export interface Objects {
  readonly of: string;
  readonly parameter: string;
  /** Even administrators may not access other accounts' objects. */
  readonly private?: boolean;
}

export interface Requirement {
  readonly of: string;
  readonly heldBy: readonly Caller[];
  missing(principal: UserPrincipal): string | undefined;
}

/**
 * Who may call a route. The server does not start unless every route declares a policy.
 * - `anyone`: no check.
 * - `operator`: root and the server's own user on loopback without a credential, otherwise an administrator.
 * - `node`: like `operator` on loopback if no join token is set, otherwise the join token or the node's own secret.
 * - `account`: any active account. `objects` limits it to its own objects, its tenant's, or (for an administrator) all. `requires` adds a right.
 * - `admin`: an administrator. With `changesRights` an API key needs the scope `*`.
 * - `worker`: an administrator, the join token, or the node's own secret.
 * - `visitor`: anyone. A valid credential identifies the caller.
 * - `reader`: an operator (see `operator`), or any active account, limited to the objects that it may see (`VisibleObjects`).
 * - `testKey`: anyone with the test API key, if one is configured.
 *
 * `onLoopback`: root and the server's own user need no credential on loopback, so that `muster user` can repair accounts when no administrator can log in.
 * No route of a contract that asks for a token declares it.
 *
 * Accounts with the role `auditor` may call the same routes as administrators, provided that they only read ({@link admitsAuditors}).
 */
export type Policy =
  | { readonly who: 'anyone' }
  | { readonly who: 'node' }
  | { readonly who: 'testKey' }
  | { readonly who: 'visitor'; readonly scope: string; readonly accepts: readonly CredentialKind[] }
  | { readonly who: 'reader'; readonly scope: string; readonly accepts: readonly CredentialKind[] }
  | { readonly who: 'worker'; readonly scope: string; readonly accepts: readonly CredentialKind[] }
  | {
      readonly who: 'operator';
      readonly scope: string;
      readonly accepts: readonly CredentialKind[];
      readonly auditors?: true;
    }
  | {
      readonly who: 'account';
      readonly scope: string;
      readonly accepts: readonly CredentialKind[];
      readonly objects?: Objects;
      readonly requires?: Requirement;
      readonly auditors?: true;
      readonly onLoopback?: true;
    }
  | {
      readonly who: 'admin';
      readonly scope: string;
      readonly accepts: readonly CredentialKind[];
      readonly objects?: Objects;
      /** The route changes rights, so an API key needs the scope `*`: otherwise it could extend its own rights. */
      readonly changesRights?: true;
      readonly auditors?: true;
      readonly onLoopback?: true;
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: Policy;
  }
  interface FastifyRequest {
    principal: Principal;
    isOperator: boolean;
    /** The authenticated caller, even if the request is refused because a right is missing. */
    recognized: Principal | undefined;
    /** Whether the request would still be allowed for the same principal. Used by long-running responses. */
    mayStill: () => Promise<boolean>;
    /** Refuses a body that the credential does not cover. Present if the credential covers a body. */
    bodyRefusal: ((text: string) => MusterError | undefined) | undefined;
    readonly clientAddress: string;
  }
}

const BEARER: readonly CredentialKind[] = ['bearer'];
const KEYS: readonly CredentialKind[] = ['bearer', 'apiKey'];
const PAGE: readonly CredentialKind[] = [...KEYS, 'console'];

export const access = {
  anyone: { access: { who: 'anyone' } },
  node: { access: { who: 'node' } },
  testKey: { access: { who: 'testKey' } },
  operator: { access: { who: 'operator', scope: 'cluster', accepts: ['bearer', 'apiKey'] } },
  auditor: { access: { who: 'operator', scope: 'audit', accepts: ['bearer', 'apiKey'], auditors: true } },
  visitor: (scope: string) => ({ access: { who: 'visitor', scope, accepts: PAGE } }) as const,
  reader: (scope: string) => ({ access: { who: 'reader', scope, accepts: KEYS } }) as const,
  /** Like `reader`, but the description also lists the console session, which is valid wherever a token is. */
  page: (scope: string) => ({ access: { who: 'reader', scope, accepts: PAGE } }) as const,
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

/** Lets auditors call a route other than GET, because it changes nothing, or only their own credentials. */
export function withAuditors<
  Config extends { readonly access: Extract<Policy, { readonly auditors?: true }> },
>(config: Config): Config {
  return { ...config, access: { ...config.access, auditors: true } };
}

/** Whether auditors may call a route with this method, because it changes nothing, or only the caller's own credentials. */
export function admitsAuditors(policy: Policy, method: string): boolean {
  return method === 'GET' || method === 'HEAD' || ('auditors' in policy && policy.auditors === true);
}

/** Also admits root and the server's own user on loopback without a credential. */
export function withLocalOperator<
  Config extends { readonly access: Extract<Policy, { readonly onLoopback?: true }> },
>(config: Config): Config {
  return { ...config, access: { ...config.access, onLoopback: true } };
}

export function keyScopeOf(policy: Extract<Policy, { readonly scope: string }>): string {
  return policy.who === 'admin' && policy.changesRights === true ? '*' : policy.scope;
}

export function takesCookiesAlone(policy: Policy): boolean {
  return 'accepts' in policy && policy.accepts.every((kind) => kind === 'cookie');
}
