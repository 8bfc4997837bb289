import { hash } from 'node:crypto';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';

const COMMAND_NAMESPACE = new UuidNamespace('2b7e1b8e-7c55-5c1e-8a51-6d7573746572');

/** The properties that identify a repeated request, including the client's idempotency key. */
export interface RepeatableRequest {
  readonly surface: string;
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string;
}

export function commandIdOf(request: RepeatableRequest): string {
  const { surface, principal, method, path, idempotencyKey } = request;
  return COMMAND_NAMESPACE.of(JSON.stringify([surface, principal, method, path, idempotencyKey]));
}

/** Derives an id (of a `job`, an `evaluation` …) from a command, so that every retry gets the same id. */
export function madeId(commandId: string, what: string): string {
  return new UuidNamespace(commandId).of(what);
}

export function digestOf(body: string): string {
  return hash('sha256', body, 'hex');
}
