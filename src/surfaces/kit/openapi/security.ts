import type { OpenAPIV3_1 } from 'openapi-types';
import { SESSION_COOKIE, type CredentialKind } from '#src/accounts/index.js';
import { keyScopeOf, type Policy } from '../access/policy.js';

type Scheme = OpenAPIV3_1.SecuritySchemeObject;
type Requirement = OpenAPIV3_1.SecurityRequirementObject;

/** How who calls is proven, by the name under which documents speak of it. */
const SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that logging in gave, or an API key. Not needed by operators on connections of their own on loopback (`MUSTER_LOCAL_ACCESS`)',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' },
  cookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'The session that logging in opened: good for fifteen minutes from its last use' },
  joinToken: {
    type: 'http',
    scheme: 'bearer',
    description: "The join token (`MUSTER_JOIN_TOKEN`), or the node's own secret. On loopback nothing is needed where no join token is set",
  },
  testApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The test API key (`MUSTER_TEST_API_KEY`)' },
} as const satisfies Record<CredentialKind | 'joinToken' | 'testApiKey', Scheme>;

/** What a policy demands, as documents say it: one of these. The names in a list are what the account must be, and what an API key must be for. */
export function securityOf(policy: Policy): readonly Requirement[] {
  switch (policy.who) {
    case 'anyone':
      return [];
    case 'node':
      return [{ joinToken: [] }];
    case 'testKey':
      return [{ testApiKey: [] }];
    case 'worker':
      return [...securityOf({ ...policy, who: 'admin' }), { joinToken: [] }];
    case 'account':
      return policy.accepts.map((kind) => ({ [kind]: scopesOf(kind, policy.scope) }));
    case 'operator':
    case 'admin':
      return policy.accepts.map((kind) => ({ [kind]: ['role:admin', ...scopesOf(kind, keyScopeOf(policy))] }));
  }
}

/** A session is for every surface; a key is shown as Bearer, too. */
function scopesOf(kind: CredentialKind, scope: string): string[] {
  return kind === 'cookie' ? [] : [`scope:${scope}`];
}

/** Statuses with which a policy refuses. */
export function refusalsOf(policy: Policy): readonly (401 | 403)[] {
  switch (policy.who) {
    case 'anyone':
      return [];
    case 'node':
    case 'testKey':
      return [401];
    case 'account':
    case 'operator':
    case 'worker':
    case 'admin':
      return [401, 403];
  }
}

/** The schemes that operations name. */
export function schemesOf(requirements: readonly Requirement[]): Readonly<Record<string, Scheme>> {
  const named = new Set(requirements.flatMap((each) => Object.keys(each)));
  return Object.fromEntries(Object.entries(SCHEMES).filter(([name]) => named.has(name)));
}
