import { assertNever } from '../errors/assert-never.js';
import type { Recorded } from '../event/recorded.js';
import type { UserEvent } from './events.js';
import type { UserRegistration } from './registration.js';

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | undefined;
  readonly issuedAt: number;
}

export interface PresentUser extends Omit<UserRegistration, 'execute'> {
  readonly kind: 'present';
  readonly number: number;
  readonly active: boolean;
  readonly erased: boolean;
  /** It was granted to run processes on workers. Others may for another reason (`execution.ts`). */
  readonly execute: boolean;
  /** Revision of the newest event that ends sessions: a session is of the credentials that it was opened with. */
  readonly credentials: number;
  readonly apiKeys: ReadonlyMap<string, ApiKey>;
  readonly createdAt: number;
}

export type UserState = { readonly kind: 'absent' } | PresentUser;

export function evolveUser(state: UserState, event: Recorded<UserEvent>): UserState {
  if (event.type === 'UserRegistered') {
    const { execute = false, ...registration } = event.data;
    const fresh = { active: true, erased: false, credentials: event.revision, apiKeys: new Map(), createdAt: event.metadata.at };
    return { kind: 'present', ...registration, execute, ...fresh };
  }
  if (state.kind === 'absent') return state;
  const credentials = event.revision;
  switch (event.type) {
    case 'UserRoleChanged':
      return { ...state, role: event.data.role };
    case 'ExecutionGranted':
      return { ...state, execute: true };
    case 'ExecutionRevoked':
      return { ...state, execute: false };
    case 'UserPasswordSet':
      return { ...state, password: event.data.password, credentials };
    case 'UserDeactivated':
      return { ...state, active: false, credentials };
    case 'UserReactivated':
      return { ...state, active: true };
    case 'UserErased':
      return { ...state, active: false, erased: true, credentials, apiKeys: new Map() };
    case 'ApiKeyIssued': {
      const { keyId, name, hash, scopes, expiresAt } = event.data;
      return { ...state, apiKeys: new Map(state.apiKeys).set(keyId, { keyId, name, hash, scopes, expiresAt, issuedAt: event.metadata.at }) };
    }
    case 'ApiKeyRevoked': {
      const apiKeys = new Map(state.apiKeys);
      apiKeys.delete(event.data.keyId);
      return { ...state, apiKeys };
    }
    default:
      return assertNever(event);
  }
}
