import type { FastifyInstance, RouteOptions } from 'fastify';
import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { actorOf, type Quotas } from '#src/accounts/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly unmetered?: boolean;
  }
  interface FastifyRequest {
    /** Set if the byte quota is used up and the request has an `Idempotency-Key`. Then only the result of an earlier execution is returned. */
    logBytesRefusal: (() => Promise<MusterError>) | undefined;
  }
}

const ADDS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Whether requests to a route count against the log-byte quota. True for routes of accounts that add data (POST, PUT, PATCH), unless exempt. */
export function isMetered(
  method: string,
  { access, keyless, unmetered }: NonNullable<RouteOptions['config']>,
): boolean {
  return (
    (access?.who === 'account' || access?.who === 'reader') &&
    ADDS.has(method) &&
    keyless !== true &&
    unmetered !== true
  );
}

/**
 * Refuses commands of accounts that have exceeded their log-byte quota, before the body is read. A command with an `Idempotency-Key` is refused
 * later, once it is known not to be a repetition. Throws `MUSTER_E_QUOTA_RATE`.
 */
export function enforceLogQuota(app: FastifyInstance, quotas: Quotas, ids: Ids): void {
  app.decorateRequest('logBytesRefusal', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    const { principal, method, routeOptions } = request;
    if (
      principal.kind !== 'user' ||
      principal.role === 'admin' ||
      request.is404 ||
      !isMetered(method, routeOptions.config)
    ) {
      done();
      return;
    }
    const { tenantId, userId, apiKeyId: apiKey } = principal;
    const context = (): CommandContext => {
      const commandId = ids.uuid();
      const actor = actorOf(principal);
      return {
        commandId,
        causationId: commandId,
        correlationId: request.id,
        actor,
        apiKey,
        surface: 'accounts',
        repeatable: false,
        bodyDigest: '',
      };
    };
    const member = { tenantId, account: userId };
    const admitted =
      request.headers['idempotency-key'] === undefined
        ? quotas.demandLogBytes(member, context)
        : quotas.logBytesRefusal(member, context).then((refusal) => {
            request.logBytesRefusal = refusal;
          });
    admitted.then(
      () => done(),
      (error: unknown) => done(error as Error),
    );
  });
}
