import { CALLERS, type Caller } from './caller.js';
import { keyScopeOf, takesCookiesAlone, type Policy } from './policy.js';

export { CALLERS, type Caller };

const UNKNOWN: ReadonlySet<Caller> = new Set(['nobody', 'wrong token', 'node']);

export const OBJECTS = ['own', 'foreign', 'absent'] as const;
export type ObjectKind = (typeof OBJECTS)[number];

/** `in`: the policy allows the call, whatever its result. */
export type Expected = 'in' | 401 | 403 | 404;

/** Derives the expected outcome from the policy alone, for a server that is reachable from outside. */
export function expected(policy: Policy, caller: Caller, object: ObjectKind): Expected {
  switch (policy.who) {
    case 'anyone':
      return 'in';
    case 'testKey':
      return 401;
    case 'node':
      return caller === 'node' ? 'in' : 401;
    case 'worker':
      return caller === 'node' || caller === 'admin' ? 'in' : UNKNOWN.has(caller) ? 401 : 403;
    case 'operator':
    case 'admin':
      if (isUnknown(caller, policy)) return 401;
      if (caller !== 'admin') return 403;
      return policy.who === 'admin' && policy.objects !== undefined && object === 'absent' ? 404 : 'in';
    case 'account':
      if (isUnknown(caller, policy)) return 401;
      if (caller === 'other key' || policy.requires?.heldBy.includes(caller) === false) return 403;
      return policy.objects === undefined ? 'in' : touched(caller, object, policy.objects.private === true);
  }
}

/** If only a cookie counts, tokens and keys are ignored. */
function isUnknown(caller: Caller, policy: Policy): boolean {
  return UNKNOWN.has(caller) || (caller === 'other key' && takesCookiesAlone(policy));
}

/** `own` belongs to the user, in the tenant of the tenant admin; `foreign` belongs to someone in another tenant. */
function touched(caller: Caller, object: ObjectKind, isPrivate: boolean): Expected {
  if (object === 'absent') return 404;
  if (caller === 'user') return object === 'own' ? 'in' : 404;
  if (isPrivate) return 404;
  if (caller === 'admin') return 'in';
  return caller === 'tenant admin' && object === 'own' ? 'in' : 404;
}

export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly policy: Policy;
  /** With an `Authorization` header another route, or none, has this method and path. */
  readonly withoutAuthorization?: boolean;
}

/** Renders `docs/authorization.md` from the declarations of all routes. */
export function authorizationTable(routes: readonly RouteAccess[]): string {
  const rows = routes.map(({ method, url, policy, withoutAuthorization = false }) => {
    const cells = CALLERS.map((caller) => cell(policy, caller));
    return `| \`${method} ${url}\`${withoutAuthorization ? ' without `Authorization`' : ''} | ${describe(policy)} | ${cells.join(' | ')} |`;
  });
  return `${HEAD}\n| route | who may | ${CALLERS.join(' | ')} |\n| --- | --- |${' --- |'.repeat(CALLERS.length)}\n${rows.join('\n')}\n`;
}

function cell(policy: Policy, caller: Caller): string {
  const say = (object: ObjectKind): string => String(expected(policy, caller, object));
  return 'objects' in policy && policy.objects !== undefined ? OBJECTS.map(say).join(' / ') : say('own');
}

function describe(policy: Policy): string {
  switch (policy.who) {
    case 'anyone':
      return 'anyone';
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
          : `, each its own ${policy.objects.of}${policy.objects.private === true ? '' : ' and those that it administers'}`;
      const requires =
        policy.who === 'admin' || policy.requires === undefined ? '' : ` with ${policy.requires.of}`;
      if (takesCookiesAlone(policy)) return `${who}, by cookie alone`;
      return `${who}${requires} (scope \`${keyScopeOf(policy)}\`)${policy.who === 'admin' ? '' : objects}`;
    }
  }
}

const HEAD = `# Who may call what

Made of what the routes themselves say (\`config.access\`, see \`src/surfaces/kit/access/policy.ts\`) and checked by a test (\`test/src/surfaces/kit/access/table.test.ts\`) that
calls every route as each of these. A server with a route that says nothing does not start.

The table is that of a server that others reach. On loopback *operators* need nothing on connections that root or the server's own user made (\`MUSTER_LOCAL_ACCESS\`), and *nodes* neither where there is no join token; a
credential that is shown decides instead of the connection (401 where it is not valid, 403 where its account is no administrator). \`in\` lets the call through; 401: who are you; 403: not you. Three answers are for the caller's own object, a foreign one and an absent one: a foreign object looks absent.
*user* owns the object, *other user* and *tenant admin* are as they are called, *tenant admin* administers the tenant of *user*, *node* shows the join token or its own secret, *wrong token* a Bearer that
nobody gave. An API key counts as its account, on the surfaces that it is for; *other key* is an administrator's API key that is for another surface.
*By cookie alone*: the accounts show the cookie of a session (\`POST /login\`), and a token or key is nothing; elsewhere below \`/api/conda\` the cookie counts too.
Who calls is found out before the body is read, by the route that was reached and never by the text of a URL.
`;
