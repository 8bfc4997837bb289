import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { UserEvent } from './events.js';
import type { UserRegistration } from './registration.js';
import type { Role } from './role.js';
import { evolveUser, type PresentUser, type UserState } from './state.js';

export const MAX_API_KEYS = 50;

export type ProfileChange = Omit<Extract<UserEvent, { type: 'UserProfileChanged' }>['data'], 'userId'>;

interface WithOthers {
  /** Whether another active administrator exists. The last one can neither lose the role nor be deactivated or erased, because nobody could undo it. */
  readonly otherAdministrators: boolean;
}

interface WithHeir {
  /** The account that takes over services and tasks. If omitted, they end. */
  readonly heir?: string | undefined;
}

export type UserCommand =
  | { readonly kind: 'register'; readonly registration: UserRegistration; readonly number: number }
  | ({ readonly kind: 'changeRole'; readonly userId: string; readonly role: Role } & WithOthers)
  | { readonly kind: 'setExecution'; readonly userId: string; readonly execute: boolean }
  | { readonly kind: 'changeProfile'; readonly userId: string; readonly profile: ProfileChange }
  | { readonly kind: 'setPassword'; readonly userId: string; readonly password: string }
  | ({ readonly kind: 'deactivate'; readonly userId: string } & WithOthers & WithHeir)
  | { readonly kind: 'reactivate'; readonly userId: string }
  | ({ readonly kind: 'erase'; readonly userId: string } & WithOthers & WithHeir)
  | {
      readonly kind: 'issueApiKey';
      readonly userId: string;
      readonly keyId: string;
      readonly name: string;
      readonly hash: string;
      readonly scopes: readonly string[];
      readonly expiresAt?: number;
    }
  | { readonly kind: 'revokeApiKey'; readonly userId: string; readonly keyId: string };

export const userDecider: Decider<UserCommand, UserEvent, UserState> = {
  initialState: { kind: 'absent' },
  decide,
  evolve: evolveUser,
};

function decide(command: UserCommand, state: UserState): readonly UserEvent[] {
  if (command.kind === 'register') {
    // Another server may already have completed the reservation.
    return state.kind === 'present'
      ? []
      : [{ type: 'UserRegistered', data: { ...command.registration, number: command.number } }];
  }
  if (state.kind === 'absent') throw new MusterError('MUSTER_E_USER_NOT_FOUND');
  const { userId } = command;
  if (command.kind === 'erase') {
    if (state.erased) return [];
    keepAnAdministrator(command, state);
    return [{ type: 'UserErased', data: ended(command) }];
  }
  if (state.erased) throw new MusterError('MUSTER_E_USER_NOT_FOUND');
  switch (command.kind) {
    case 'changeRole':
      if (state.role === command.role) return [];
      keepAnAdministrator(command, state);
      return [{ type: 'UserRoleChanged', data: { userId, role: command.role } }];
    case 'setExecution':
      return state.execute === command.execute
        ? []
        : [{ type: command.execute ? 'ExecutionGranted' : 'ExecutionRevoked', data: { userId } }];
    case 'changeProfile':
      return Object.keys(command.profile).length === 0
        ? []
        : [{ type: 'UserProfileChanged', data: { userId, ...command.profile } }];
    case 'setPassword':
      return [{ type: 'UserPasswordSet', data: { userId, password: command.password } }];
    case 'deactivate':
      if (!state.active) return [];
      keepAnAdministrator(command, state);
      return [{ type: 'UserDeactivated', data: ended(command) }];
    case 'reactivate':
      return state.active ? [] : [{ type: 'UserReactivated', data: { userId } }];
    case 'issueApiKey':
      return [issued(command, state)];
    case 'revokeApiKey': {
      const { keyId } = command;
      if (!state.apiKeys.has(keyId)) throw new MusterError('MUSTER_E_API_KEY_NOT_FOUND');
      return [{ type: 'ApiKeyRevoked', data: { userId, keyId } }];
    }
    default:
      return assertNever(command);
  }
}

function ended({ userId, heir }: { readonly userId: string } & WithHeir): { userId: string; heir?: string } {
  return { userId, ...(heir !== undefined && { heir }) };
}

function keepAnAdministrator({ otherAdministrators }: WithOthers, { role, active }: PresentUser): void {
  if (role === 'admin' && active && !otherAdministrators)
    throw new MusterError('MUSTER_E_LAST_ADMINISTRATOR');
}

function issued(command: Extract<UserCommand, { kind: 'issueApiKey' }>, state: PresentUser): UserEvent {
  if (state.apiKeys.size >= MAX_API_KEYS)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'api keys',
      problem: `at most ${MAX_API_KEYS} per account`,
    });
  const { userId, keyId, name, hash, scopes, expiresAt } = command;
  if (state.apiKeys.has(keyId)) throw new MusterError('MUSTER_E_IDEMPOTENCY_KEY_REUSED');
  return {
    type: 'ApiKeyIssued',
    data: {
      userId,
      keyId,
      name,
      hash,
      scopes: [...scopes],
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
}
