import type { OpenAPIV3_1 } from 'openapi-types';
import { CONSOLE_COOKIE, SESSION_COOKIE, type CredentialKind } from '#src/accounts/index.js';
import { keyScopeOf, type Policy } from '../access/policy.js';

type Scheme = OpenAPIV3_1.SecuritySchemeObject;
type Requirement = OpenAPIV3_1.SecurityRequirementObject;

/** Kinds of credentials, by their names in the documents. */
const SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'The token returned by the login, or an API key. Operators do not need it on their own loopback connections (`MUSTER_LOCAL_ACCESS`)',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'The session opened by the login. It is valid for fifteen minutes after its last use',
  },
  console: {
    type: 'apiKey',
    in: 'cookie',
    name: CONSOLE_COOKIE,
    description:
      'The session opened by `POST /console/api/session`. It is accepted wherever a token is, but only with the header `X-Muster-Console`, whose value is the `page_secret` that the sign-in returned. Where the cookie is `Secure`, its name is `__Host-muster_console`. It is valid for 30 minutes after its last use, and for 12 hours at most',
  },
  joinToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      "The node's own secret. The join token (`MUSTER_JOIN_TOKEN`) only if `MUSTER_ALLOW_BEARER_JOIN` is `true`. Muster's agent sends neither, but proves that it has one: `Authorization: Muster-Agent key=…, challenge=…, id=…, body=…, mac=…` (docs/flows/identity.md). The challenge is in `X-Muster-Challenge` of the response 428 to `Muster-Agent key=join`, and the replies are sealed. On loopback, no credential is needed if no join token is set",
  },
  testApiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The test API key (`MUSTER_TEST_API_KEY`)',
  },
} as const satisfies Record<CredentialKind | 'joinToken' | 'testApiKey', Scheme>;

/**
 * Returns the alternative security requirements of a policy. The scopes are the role that the account must have and the surface that an API key must
 * be for.
 */
export function securityOf(policy: Policy): readonly Requirement[] {
  switch (policy.who) {
    case 'anyone':
    case 'visitor':
      return [];
    case 'node':
      return [{ joinToken: [] }];
    case 'testKey':
      return [{ testApiKey: [] }];
    case 'worker':
      return [...securityOf({ ...policy, who: 'admin' }), { joinToken: [] }];
    case 'reader':
    case 'account':
      return policy.accepts.map((kind) => ({ [kind]: scopesOf(kind, policy.scope) }));
    case 'operator':
    case 'admin':
      return policy.accepts.map((kind) => ({
        [kind]: ['role:admin', ...scopesOf(kind, keyScopeOf(policy))],
      }));
  }
}

/** Sessions need no scope, because they are valid for every surface. `bearer` needs one, because API keys can be sent as Bearer tokens too. */
function scopesOf(kind: CredentialKind, scope: string): string[] {
  return kind === 'cookie' || kind === 'console' ? [] : [`scope:${scope}`];
}

export function refusalsOf(policy: Policy): readonly (401 | 403 | 428)[] {
  switch (policy.who) {
    case 'anyone':
    case 'visitor':
      return [];
    case 'node':
      return [401, 428];
    case 'testKey':
      return [401];
    case 'worker':
      return [401, 403, 428];
    case 'reader':
    case 'account':
    case 'operator':
    case 'admin':
      return [401, 403];
  }
}

export function schemesOf(requirements: readonly Requirement[]): Readonly<Record<string, Scheme>> {
  const named = new Set(requirements.flatMap((each) => Object.keys(each)));
  return Object.fromEntries(Object.entries(SCHEMES).filter(([name]) => named.has(name)));
}
