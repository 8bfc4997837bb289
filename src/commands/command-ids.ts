import { createHash } from 'node:crypto';
import { v5 } from 'uuid';

const COMMAND_NAMESPACE = '2b7e1b8e-7c55-5c1e-8a51-6d7573746572';

/** What makes two requests the same command: all of it, together with the client's key. */
export interface RepeatableRequest {
  readonly surface: string;
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string;
}

/** The id of a command that its client can send again. */
export function commandIdOf(request: RepeatableRequest): string {
  const { surface, principal, method, path, idempotencyKey } = request;
  return v5(JSON.stringify([surface, principal, method, path, idempotencyKey]), COMMAND_NAMESPACE);
}

/** An id that a command makes (`job`, `evaluation` …): the same for every retry of it. */
export function madeId(commandId: string, what: string): string {
  return v5(what, commandId);
}

/** SHA-256 of a body, hex. */
export function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
