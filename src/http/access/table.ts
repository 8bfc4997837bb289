import { CALLERS, type Caller } from './caller.js';
import { admitsAuditors, keyScopeOf, takesCookiesAlone, type Policy } from './policy.js';

export { CALLERS, type Caller };

const UNKNOWN: ReadonlySet<Caller> = new Set(['nobody', 'wrong token', 'node']);

export const OBJECTS = ['own', 'foreign', 'absent'] as const;
export type ObjectKind = (typeof OBJECTS)[number];

export type Expected = 'in' | 401 | 403 | 404;

/** Derives the expected outcome from the policy alone, for a server that is reachable from outside. */
export function expected(policy: Policy, caller: Caller, object: ObjectKind, method: string): Expected {
  const administrates = caller === 'admin' || (caller === 'auditor' && admitsAuditors(policy, method));
  switch (policy.who) {
    case 'anyone':
    case 'visitor':
      return 'in';
    case 'testKey':
      return 401;
    case 'node':
      return caller === 'node' ? 'in' : 401;
    case 'worker':
      return caller === 'node' || administrates ? 'in' : UNKNOWN.has(caller) ? 401 : 403;
    case 'operator':
    case 'admin':
      if (isUnknown(caller, policy)) return 401;
      if (!administrates) return 403;
      return policy.who === 'admin' && policy.objects !== undefined && object === 'absent' ? 404 : 'in';
    case 'reader':
      if (isUnknown(caller, policy)) return 401;
      return caller === 'other key' || (caller === 'auditor' && !administrates) ? 403 : 'in';
    case 'account':
      if (isUnknown(caller, policy)) return 401;
      if (caller === 'other key' || (caller === 'auditor' && !administrates)) return 403;
      if (policy.requires?.heldBy.includes(caller) === false) return 403;
      return policy.objects === undefined ? 'in' : touched(caller, object, policy.objects.private === true);
  }
}

function isUnknown(caller: Caller, policy: Policy): boolean {
  return UNKNOWN.has(caller) || (caller === 'other key' && takesCookiesAlone(policy));
}

function touched(caller: Caller, object: ObjectKind, isPrivate: boolean): Expected {
  if (object === 'absent') return 404;
  if (caller === 'user') return object === 'own' ? 'in' : 404;
  if (isPrivate) return 404;
  if (caller === 'admin' || caller === 'auditor') return 'in';
  return caller === 'tenant admin' && object === 'own' ? 'in' : 404;
}

export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly policy: Policy;
  readonly withoutAuthorization?: boolean;
}

/** Renders `docs/authorization.md` from the declarations of all routes. */
export function authorizationTable(routes: readonly RouteAccess[]): string {
  const rows = routes.map(({ method, url, policy, withoutAuthorization = false }) => {
    const cells = CALLERS.map((caller) => cell(policy, caller, method));
    return `| \`${method} ${url}\`${withoutAuthorization ? ' without `Authorization`' : ''} | ${describe(policy)} | ${cells.join(' | ')} |`;
  });
  return `${HEAD}\n| route | who may | ${CALLERS.join(' | ')} |\n| --- | --- |${' --- |'.repeat(CALLERS.length)}\n${rows.join('\n')}\n`;
}

function cell(policy: Policy, caller: Caller, method: string): string {
  const say = (object: ObjectKind): string => String(expected(policy, caller, object, method));
  return 'objects' in policy && policy.objects !== undefined ? OBJECTS.map(say).join(' / ') : say('own');
}

function describe(policy: Policy): string {
  switch (policy.who) {
    case 'anyone':
      return 'anyone';
    case 'visitor':
      return 'anyone; a credential identifies the caller';
    case 'reader':
      return `operators, and accounts for objects that they may see (scope \`${policy.scope}\`)`;
    case 'testKey':
      return 'the test API key';
    case 'node':
      return 'nodes';
    case 'worker':
      return `administrators (scope \`${policy.scope}\`) and nodes`;
    case 'operator':
      return `operators (scope \`${policy.scope}\`)`;
    case 'account':
    case 'admin': {
      const who = policy.who === 'admin' ? 'administrators' : 'accounts';
      const objects =
        policy.objects === undefined
          ? ''
          : `, each for its own ${policy.objects.of}${policy.objects.private === true ? '' : ' and those that it administers'}`;
      const requires =
        policy.who === 'admin' || policy.requires === undefined ? '' : ` with ${policy.requires.of}`;
      if (takesCookiesAlone(policy)) return `${who}, with a session cookie only`;
      return `${who}${requires} (scope \`${keyScopeOf(policy)}\`)${policy.who === 'admin' ? '' : objects}`;
    }
  }
}

const HEAD = `# Who may call what

This page is generated from the access policies that the routes declare (\`config.access\`, see \`src/http/access/policy.ts\`).
A test (\`test/src/http/access/table.test.ts\`) calls every route as each of the callers below.
A server with a route that declares no policy does not start.

The table is for a server that is reachable from other machines. On loopback (\`MUSTER_LOCAL_ACCESS\`):

- Operators need no credential on connections of root or of the server's own user. This includes the routes of \`muster user\` that change accounts, and the list of accounts, but no route whose contract asks for a token.
- Nodes need none on such connections if no join token is set.
- If a request has a credential, the credential decides instead of the connection: 401 if it is invalid, 403 if its account is not an administrator.

Callers:

- *nobody* sends no credential.
- *wrong token* sends an unknown Bearer token.
- *user* owns the object.
- *other user* is an account of another tenant.
- *tenant admin* administers the tenant of *user*.
- *auditor* has the role \`auditor\`: it reads what administrators read, and changes only its own credentials.
- *admin* is an administrator.
- *other key* is an administrator's API key for another surface. An API key acts as its account, on the surfaces that it is for.
- *node* sends the join token or its own secret.

Results:

- \`in\`: the call is allowed.
- 401: the caller is not authenticated.
- 403: the caller is authenticated, but not allowed to call the route.
- 404: the object does not exist, or the caller may not access it.
- Where a cell has three results, they are for an object owned by *user*, an object of another tenant, and an object that does not exist.

*With a session cookie only*: accounts send the cookie of a session (\`POST /login\`); tokens and API keys are not accepted. Other routes below \`/api/conda\` accept the cookie too.

The caller is determined before the body is read, by the route that the request reached and never by the text of its URL.
`;
