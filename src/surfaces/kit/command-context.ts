import type { FastifyRequest } from 'fastify';
import type { Ids } from '#domain/ports/ids.js';
import { commandIdOf, digestOf, type CommandContext } from '#src/engine/commands/index.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import { pathOf } from './errors.js';
import { keyOf } from './idempotency-key.js';

/**
 * Who asks for what: made once a request. With `root` the body's digest is a keyed one: of a body that holds a secret a plain one
 * would let everybody try secrets against the log. Throws `MUSTER_E_INVALID` for a malformed `Idempotency-Key`. */
export function commandContext(request: FastifyRequest, surface: string, actor: string, ids: Ids, root?: RootKey): CommandContext {
  const key = keyOf(request);
  const base = { correlationId: request.id, actor, surface };
  if (key === undefined) {
    const commandId = ids.uuid();
    return { ...base, commandId, causationId: commandId, repeatable: false, bodyDigest: '' };
  }
  const path = pathOf(request.url);
  const body = JSON.stringify(request.body ?? null);
  const commandId = commandIdOf({ surface, principal: actor, method: request.method, path, idempotencyKey: key });
  return {
    ...base,
    commandId,
    causationId: commandId,
    repeatable: true,
    bodyDigest: root === undefined ? digestOf(body) : root.digest('body-digests', body).toString('hex'),
  };
}
