import { hash } from 'node:crypto';
import { UuidNamespace } from '#domain/name-uuid.js';

const COMMAND_NAMESPACE = new UuidNamespace('2b7e1b8e-7c55-5c1e-8a51-6d7573746572');

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
  return COMMAND_NAMESPACE.of(JSON.stringify([surface, principal, method, path, idempotencyKey]));
}

/** An id that a command makes (`job`, `evaluation` …): the same for every retry of it. */
export function madeId(commandId: string, what: string): string {
  return new UuidNamespace(commandId).of(what);
}

/** SHA-256 of a body, hex. */
export function digestOf(body: string): string {
  return hash('sha256', body, 'hex');
}
