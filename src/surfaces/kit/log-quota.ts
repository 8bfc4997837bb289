import type { FastifyInstance, RouteOptions } from 'fastify';
import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { actorOf, type Quotas } from '#src/accounts/index.js';
import type { CommandContext } from '#src/engine/commands/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The command adds almost nothing to the log, or ends something, so it is allowed when the byte quota is used up. */
    readonly unmetered?: boolean;
  }
  interface FastifyRequest {
    /** Set if the byte quota is used up and the request has an `Idempotency-Key`: only what was executed before is answered. */
    logBytesRefusal: (() => Promise<MusterError>) | undefined;
  }
}

/** Methods that may add much to the log. Deletion frees space. */
const ADDS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Whether a route counts against the quota of log bytes: commands of accounts do. */
export function isMetered(
  method: string,
  { access, keyless, unmetered }: NonNullable<RouteOptions['config']>,
): boolean {
  return access?.who === 'account' && ADDS.has(method) && keyless !== true && unmetered !== true;
}

/**
 * Refuses commands of accounts above their log quota: before the body is read, or with an `Idempotency-Key` as soon as it is
 * known that they repeat nothing. Errors: `MUSTER_E_QUOTA_RATE`.
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
    const { tenantId, userId } = principal;
    const context = (): CommandContext => {
      const commandId = ids.uuid();
      const actor = actorOf(principal);
      return {
        commandId,
        causationId: commandId,
        correlationId: request.id,
        actor,
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
