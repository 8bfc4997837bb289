import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Ids } from '#domain/ports/ids.js';
import { actorOf, type Quotas } from '#src/accounts/index.js';
import type { CommandContext } from '#src/engine/commands/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A command that ends something, or adds nothing to speak of to the log: it may be sent though the quota of bytes is used up. */
    readonly unmetered?: boolean;
  }
}

/** Methods of commands that may add much to the log. What is deleted makes room. */
const ADDS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Whether a route counts against the quota of bytes in the log: commands of accounts. */
export function isMetered(method: string, { access, keyless, unmetered }: NonNullable<RouteOptions['config']>): boolean {
  return access?.who === 'account' && ADDS.has(method) && keyless !== true && unmetered !== true;
}

/** Refuses commands of accounts that have used up their bytes in the log, before their body is read. Errors: `MUSTER_E_QUOTA_RATE`. */
export function holdToLogBytes(app: FastifyInstance, quotas: Quotas, ids: Ids): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { principal, method, routeOptions } = request;
    if (principal.kind !== 'user' || principal.role === 'admin' || request.is404 || !isMetered(method, routeOptions.config)) {
      done();
      return;
    }
    const { tenantId, userId } = principal;
    const context = (): CommandContext => {
      const commandId = ids.uuid();
      const actor = actorOf(principal);
      return { commandId, causationId: commandId, correlationId: request.id, actor, surface: 'accounts', repeatable: false, bodyDigest: '' };
    };
    quotas.demandLogBytes({ tenantId, account: userId }, context).then(
      () => done(),
      (error: unknown) => done(error as Error),
    );
  });
}
