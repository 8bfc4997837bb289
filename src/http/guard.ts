import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { isForForeignPage, type LocalConnections } from '#agents/platform/listener/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import {
  unauthorized,
  type Authenticator,
  ANONYMOUS,
  operatorHere,
  type NodePrincipal,
  type Principal,
  type UserPrincipal,
} from '#src/accounts/index.js';
import type { ClientAddresses } from './client-address.js';
import { access, admitsAuditors, takesCookiesAlone, type Policy } from './access/policy.js';

/** A caller whom the guard has admitted. */
export type Admitted = Pick<FastifyRequest, 'principal' | 'isOperator'>;

/** Recognizes nodes by their requests. */
export interface NodeAuthenticator {
  /** Name of the scheme in which nodes authenticate, besides Bearer. */
  readonly scheme: string;
  /**
   * Returns the node that sent a request, or undefined if the request contains no credential of a node. Throws `MUSTER_E_UNAUTHORIZED` for a wrong
   * credential, and `MUSTER_E_CHALLENGE` if the request must answer a newer challenge.
   */
  identify(
    request: FastifyRequest,
  ): (Pick<FastifyRequest, 'bodyRefusal'> & { readonly principal: NodePrincipal }) | undefined;
  /** Returns the header with a new challenge. */
  challenge(): Readonly<Record<string, string>>;
}

export interface GuardOptions {
  readonly authenticator: Authenticator;
  /** Recognizes the operator's loopback connections. Absent if other machines can reach the server. In that case, everyone must authenticate. */
  readonly local: Pick<LocalConnections, 'isOperator' | 'userOf'> | undefined;
  readonly addresses: ClientAddresses;
  readonly joinToken: string | undefined;
  readonly nodes: NodeAuthenticator;
  /** Returns the caller that another server's guard has admitted to the route. Replaces all checks of this one. */
  readonly admitted?: (() => Admitted) | undefined;
  /** Policy that decides who gets a 404 for a path without a route. Default: everyone. */
  readonly unrouted?: (request: FastifyRequest) => Policy | undefined;
}

/**
 * Authenticates each request by the policy of its route, never by its URL, before the body is read. The server does not start if a route has no
 * policy. Returns a function with which public routes check whether the caller is the operator.
 */
export function guard(
  app: FastifyInstance,
  options: GuardOptions,
): (request: FastifyRequest) => Promise<boolean> {
  const routes: RouteOptions[] = [];
  app.decorateRequest('principal', null as never);
  app.decorateRequest('mayStill', null as never);
  app.decorateRequest('isOperator', false);
  app.decorateRequest('recognized', undefined);
  app.decorateRequest('bodyRefusal', undefined);
  app.decorateRequest('clientAddress', {
    getter() {
      return options.addresses.of(this.raw);
    },
  });
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onReady', (done) => {
    const bare = routes
      .filter(({ config }) => config?.access === undefined)
      .map(({ method, url }) => `${String(method)} ${url}`);
    done(
      bare.length === 0
        ? undefined
        : new Error(`routes without an access policy (config.access): ${bare.join(', ')}`),
    );
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const examining = options.addresses.examine(request.raw.socket);
    if (examining === undefined) done();
    else void examining.then(() => done());
  });
  app.addHook('onRequest', (request, reply, done) => {
    const policy = request.is404 ? options.unrouted?.(request) : request.routeOptions.config.access;
    request.principal = ANONYMOUS;
    request.mayStill = always;
    if (options.admitted !== undefined) {
      Object.assign(request, options.admitted());
      done();
      return;
    }
    if (policy === undefined || policy.who === 'anyone' || policy.who === 'testKey') {
      done();
      return;
    }
    const look = (trusted: boolean): void => {
      if (trusted) {
        request.isOperator = true;
        request.principal = operatorHere(options.local?.userOf(request.raw.socket));
        done();
        return;
      }
      admit(policy, request, options).then(
        (principal) => {
          request.principal = principal;
          request.mayStill = () => wouldAdmit(principal, () => admit(policy, request, options));
          done();
        },
        (error: unknown) => {
          if (!takesCookiesAlone(policy)) challenge(reply, error, policy, options.nodes);
          if (isMusterError(error, 'MUSTER_E_CHALLENGE')) reply.headers(options.nodes.challenge());
          done(error as Error);
        },
      );
    };
    const trusted = isTrusted(policy, request, options);
    if (typeof trusted === 'boolean') look(trusted);
    else void trusted.then(look);
  });
  return async (request) => {
    const policy = access.operator.access;
    if (await isTrusted(policy, request, options)) return true;
    return await admit(policy, request, options).then(
      () => true,
      () => false,
    );
  };
}

const always = async (): Promise<boolean> => true;

/** Whether the same principal would be admitted again. Access is not revoked while the store is unavailable. */
async function wouldAdmit(before: Principal, again: () => Promise<Principal>): Promise<boolean> {
  try {
    return hasSameRights(before, await again());
  } catch (error) {
    return !(isMusterError(error) && (error.status === 401 || error.status === 403));
  }
}

function hasSameRights(before: Principal, now: Principal): boolean {
  if (before.kind !== 'user' || now.kind !== 'user') return before.kind === now.kind;
  const isSame = before.userId === now.userId && before.role === now.role && before.tenantId === now.tenantId;
  // A stream may be a command in a task.
  return isSame && (now.execute || !before.execute);
}

const TRUSTING: ReadonlySet<Policy['who']> = new Set(['operator', 'reader', 'visitor']);

/**
 * Whether the connection alone is sufficient: it is the operator's own, the policy is for operators (or for nodes without a join token), and there is
 * no credential. If there is one, only the credential decides, so that an account's program has no additional rights on the operator's machine.
 */
function isTrusted(
  policy: Policy,
  request: FastifyRequest,
  { local, addresses, joinToken, authenticator }: GuardOptions,
): boolean | Promise<boolean> {
  if (local === undefined || addresses.isProxied(request.raw.socket)) return false;
  if (isForForeignPage(request.headers)) return false;
  const isForOperator = TRUSTING.has(policy.who) || ('onLoopback' in policy && policy.onLoopback === true);
  if (!isForOperator && (policy.who !== 'node' || joinToken !== undefined)) return false;
  return !authenticator.showsCredential(request) && local.isOperator(request.raw.socket);
}

/** Applies a policy to all routes of a scope that do not declare one, such as those of third-party plugins. */
export function grant(scope: FastifyInstance, policy: Policy): void {
  scope.addHook('onRoute', (route) => {
    route.config = { access: policy, ...route.config };
  });
}

async function admit(policy: Policy, request: FastifyRequest, options: GuardOptions): Promise<Principal> {
  switch (policy.who) {
    case 'anyone':
    case 'testKey':
      return ANONYMOUS;
    case 'node':
      return node(request, options);
    case 'visitor':
      return await admit({ ...policy, who: 'account' }, request, options).catch(refusedToAnonymous);
    case 'operator': {
      const principal = await options.authenticator.authenticate(request, policy.accepts);
      request.recognized = principal;
      if (principal === undefined)
        throw unauthorized("send an administrator's token or API key as a bearer token");
      if (!actsAsAdministrator(principal, policy, request) || !inScope(principal, policy.scope))
        throw options.local === undefined
          ? new MusterError('MUSTER_E_FORBIDDEN', { problem: 'this requires an administrator' })
          : new MusterError('MUSTER_E_NOT_OPERATOR');
      return principal;
    }
    case 'worker': {
      const shown = nodeShownIn(request, options.nodes);
      return shown ?? (await admit({ ...policy, who: 'admin' }, request, options));
    }
    case 'reader':
    case 'account':
    case 'admin': {
      const principal = await options.authenticator.authenticate(request, policy.accepts);
      request.recognized = principal;
      if (principal === undefined) throw unauthorized('send a bearer token');
      if (!inScope(principal, policy.scope))
        throw new MusterError('MUSTER_E_FORBIDDEN', {
          problem: `the API key lacks the scope ${policy.scope}`,
        });
      if (policy.who === 'admin' && !actsAsAdministrator(principal, policy, request))
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'this requires an administrator' });
      if (
        policy.who === 'admin' &&
        policy.changesRights === true &&
        principal.scopes?.includes('*') === false
      )
        throw new MusterError('MUSTER_E_FORBIDDEN', {
          problem: 'changing accounts requires an API key with the scope *',
        });
      if (principal.role === 'auditor' && !admitsAuditors(policy, request.method))
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'auditors have read-only access' });
      const missing = policy.who === 'account' ? policy.requires?.missing(principal) : undefined;
      if (missing !== undefined) throw new MusterError('MUSTER_E_FORBIDDEN', { problem: missing });
      return principal;
    }
  }
}

function refusedToAnonymous(error: unknown): Principal {
  if (isMusterError(error) && (error.status === 401 || error.status === 403)) return ANONYMOUS;
  throw error;
}

function actsAsAdministrator({ role }: UserPrincipal, policy: Policy, { method }: FastifyRequest): boolean {
  return role === 'admin' || (role === 'auditor' && admitsAuditors(policy, method));
}

function node(request: FastifyRequest, { nodes, joinToken, authenticator }: GuardOptions): NodePrincipal {
  const principal = nodeShownIn(request, nodes);
  if (principal !== undefined) return principal;
  if (authenticator.showsCredential(request)) {
    throw unauthorized(
      joinToken === undefined
        ? 'the credential is not the secret of a node, and this server has no join token (MUSTER_JOIN_TOKEN)'
        : 'the credential is neither a proof of the join token nor the secret of a node',
    );
  }
  throw unauthorized(
    joinToken === undefined
      ? 'nodes of other users need a join token, and this server has none (MUSTER_JOIN_TOKEN)'
      : `prove that you have the join token (scheme ${nodes.scheme})`,
  );
}

function nodeShownIn(request: FastifyRequest, nodes: NodeAuthenticator): NodePrincipal | undefined {
  const shown = nodes.identify(request);
  request.bodyRefusal = shown?.bodyRefusal;
  return shown?.principal;
}

function inScope({ scopes }: UserPrincipal, scope: string): boolean {
  return (
    scopes === undefined ||
    scopes.some((each) => each === '*' || each === scope || scope.startsWith(`${each}:`))
  );
}

function challenge(
  reply: FastifyReply,
  error: unknown,
  { who }: Policy,
  { scheme }: NodeAuthenticator,
): void {
  if (error instanceof MusterError && error.status === 401)
    reply.header('www-authenticate', who === 'node' ? `${scheme}, Bearer` : 'Bearer');
}
