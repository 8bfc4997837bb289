import { assertNever } from '../../kernel/errors/assert-never.js';
import type { Recorded } from '../../kernel/event/recorded.js';
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
  readonly execute: boolean;
  /** Revision of the latest event that ended the account's sessions. A session is valid only if this was the revision at its sign-in. */
  readonly credentials: number;
  readonly apiKeys: ReadonlyMap<string, ApiKey>;
  readonly formerEmails: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

const FORMER_EMAILS = 10;

export type UserState = { readonly kind: 'absent' } | PresentUser;

export function evolveUser(state: UserState, event: Recorded<UserEvent>): UserState {
  const { at } = event.metadata;
  if (event.type === 'UserRegistered') {
    const { execute = false, ...registration } = event.data;
    const fresh = {
      active: true,
      erased: false,
      credentials: event.revision,
      apiKeys: new Map(),
      formerEmails: [],
      createdAt: at,
      updatedAt: at,
    };
    return { kind: 'present', ...registration, execute, ...fresh };
  }
  if (state.kind === 'absent') return state;
  const credentials = event.revision;
  switch (event.type) {
    case 'UserRoleChanged':
      return { ...state, role: event.data.role, updatedAt: at };
    case 'ExecutionGranted':
      return { ...state, execute: true, updatedAt: at };
    case 'ExecutionRevoked':
      return { ...state, execute: false, updatedAt: at };
    case 'UserProfileChanged': {
      const { userId: _, ...profile } = event.data;
      return {
        ...state,
        ...profile,
        formerEmails: formerEmails(state, profile.emailReservation),
        updatedAt: at,
      };
    }
    case 'UserPasswordSet':
      return { ...state, password: event.data.password, credentials };
    case 'UserDeactivated':
      return { ...state, active: false, credentials, updatedAt: at };
    case 'UserReactivated':
      return { ...state, active: true, updatedAt: at };
    case 'UserErased':
      return { ...state, active: false, erased: true, credentials, apiKeys: new Map(), updatedAt: at };
    case 'ApiKeyIssued': {
      const { keyId, name, hash, scopes, expiresAt } = event.data;
      return {
        ...state,
        apiKeys: new Map(state.apiKeys).set(keyId, {
          keyId,
          name,
          hash,
          scopes,
          expiresAt,
          issuedAt: event.metadata.at,
        }),
      };
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

function formerEmails(
  { emailReservation, formerEmails: known }: PresentUser,
  next: string | undefined,
): readonly string[] {
  if (next === undefined || emailReservation === undefined) return known;
  return [...known.filter((each) => each !== emailReservation), emailReservation]
    .filter((each) => each !== next)
    .slice(-FORMER_EMAILS);
}
