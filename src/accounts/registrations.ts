import { reservations } from '#domain/accounts/reservation/index.js';
import { tenants } from '#domain/accounts/tenant/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { counters, numberOf } from '#domain/kernel/counter/index.js';
import { userSubject } from '#domain/kernel/sealing/index.js';
import { AccountNames } from './account-names.js';
import { openedOrMarked } from './opened-or-marked.js';
import {
  emailKey,
  type Role,
  usernameKey,
  type UserRegistration,
  users,
} from '#domain/accounts/user/index.js';
import { madeId } from '#src/engine/commands/index.js';
import type { RootKey, Sealer } from '#src/engine/sealing/index.js';
import { checkPassword } from '#domain/accounts/user/password.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Passwords } from './passwords.js';

export interface RegistrationOptions {
  readonly executor: CommandExecutor;
  readonly sealer: Sealer;
  readonly root: RootKey;
  readonly passwords: Passwords;
  readonly open: boolean;
}

export interface Registering {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  readonly tenantId?: string;
  readonly email?: string;
  readonly fullName?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Whether an administrator allowed the account to run processes on workers. Default: false. */
  readonly execute?: boolean;
}

export interface Registered {
  readonly userId: string;
  readonly number: number;
  readonly username: string;
  readonly role: Role;
  readonly tenantId: string;
  readonly position: bigint | undefined;
}

export const PURPOSE = {
  username: 'username',
  password: 'password',
  email: 'email',
  fullName: 'full-name',
  firstName: 'first-name',
  lastName: 'last-name',
  apiKeyName: 'api-key-name',
  apiKey: 'api-key',
} as const;

/**
 * Creates accounts. Reserving the name commits the registration: the reservation contains all of it, so any server can complete an unconfirmed one.
 * Therefore only one of several registrations of a name succeeds, and no registration remains incomplete for long.
 */
export class Registrations {
  readonly #names: AccountNames;

  constructor(private readonly options: RegistrationOptions) {
    this.#names = new AccountNames(options.executor);
  }

  reservationOf(username: string): string {
    return this.#reservation('username', usernameKey(username));
  }

  emailReservationOf(address: string): string {
    return this.#reservation('email', emailKey(address));
  }

  /** Registers an account with the role `user` in its own tenant. Throws `MUSTER_E_REGISTRATION_CLOSED` and the same errors as `register`. */
  async registerSelf(
    wanted: Omit<Registering, 'role' | 'tenantId' | 'execute'>,
    context: CommandContext,
  ): Promise<Registered> {
    if (!this.options.open) throw new MusterError('MUSTER_E_REGISTRATION_CLOSED');
    return await this.register({ ...wanted, role: 'user' }, context);
  }

  /** Throws `MUSTER_E_USERNAME_TAKEN`, `MUSTER_E_EMAIL_TAKEN`, `MUSTER_E_INVALID` or `MUSTER_E_OVERLOADED`. */
  async register(wanted: Registering, context: CommandContext): Promise<Registered> {
    const { executor, sealer, passwords } = this.options;
    const reservation = this.reservationOf(wanted.username);
    const userId = madeId(context.commandId, `user ${reservation}`);
    // Cheap checks first: a taken name or an invalid password is refused without hashing.
    checkPassword(wanted.password);
    const before = await executor.load(reservations.username, reservation);
    if (before.kind === 'held' && before.ownerId !== userId) throw new MusterError('MUSTER_E_USERNAME_TAKEN');
    const hash = await passwords.hash(wanted.password);
    const subject = userSubject(userId);
    const emailReservation = wanted.email === undefined ? undefined : this.emailReservationOf(wanted.email);
    const registration: UserRegistration = {
      userId,
      usernameReservation: reservation,
      username: await sealer.seal(subject, PURPOSE.username, wanted.username),
      password: await sealer.seal(subject, PURPOSE.password, hash),
      role: wanted.role,
      tenantId: wanted.tenantId ?? madeId(context.commandId, `tenant ${reservation}`),
      ...(wanted.email !== undefined &&
        emailReservation !== undefined && {
          email: await sealer.seal(subject, PURPOSE.email, wanted.email),
          emailReservation,
        }),
      ...(wanted.execute === true && { execute: true as const }),
      ...(wanted.fullName !== undefined && {
        fullName: await sealer.seal(subject, PURPOSE.fullName, wanted.fullName),
      }),
      ...(wanted.firstName !== undefined && {
        firstName: await sealer.seal(subject, PURPOSE.firstName, wanted.firstName),
      }),
      ...(wanted.lastName !== undefined && {
        lastName: await sealer.seal(subject, PURPOSE.lastName, wanted.lastName),
      }),
    };
    try {
      if (emailReservation !== undefined) {
        await this.#names.reserve('email', emailReservation, userId, once(context));
      }
      await this.#names.reserve('username', reservation, userId, context, registration);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_USERNAME_TAKEN') || isMusterError(error, 'MUSTER_E_EMAIL_TAKEN'))
        await this.#giveUp(userId, emailReservation, context);
      throw error;
    }
    const held = await executor.load(reservations.username, reservation);
    return await this.complete(
      held.kind === 'held' && held.registration !== undefined ? held.registration : registration,
      context,
    );
  }

  async complete(registration: UserRegistration, context: CommandContext): Promise<Registered> {
    const { executor, sealer } = this.options;
    const { userId, usernameReservation: reservation, tenantId } = registration;
    const own = once(context);
    let state = await executor.load(users, userId);
    let position: bigint | undefined;
    if (state.kind === 'absent') {
      await executor.execute(tenants, tenantId, { kind: 'create', tenantId, createdBy: userId }, own);
      const taken = await executor.execute(counters, 'user', { counter: 'user', for: userId }, own);
      const [event] = taken.events;
      if (event === undefined) throw new Error('the counter did not assign a number');
      const registered = await executor.execute(
        users,
        userId,
        { kind: 'register', registration, number: numberOf(event) },
        own,
        { fresh: true },
      );
      ({ state, position } = registered);
    }
    if (registration.emailReservation !== undefined) {
      await this.#names.confirm('email', registration.emailReservation, userId, own);
    }
    const confirmed = await this.#names.confirm('username', reservation, userId, own);
    if (state.kind === 'absent') throw new Error('a registered account does not exist');
    const username = await openedOrMarked(sealer, state.username, PURPOSE.username);
    return {
      userId,
      number: state.number,
      username,
      role: state.role,
      tenantId: state.tenantId,
      position: confirmed ?? position,
    };
  }

  async #giveUp(
    userId: string,
    emailReservation: string | undefined,
    context: CommandContext,
  ): Promise<void> {
    if (emailReservation !== undefined)
      await this.#names.release('email', emailReservation, userId, once(context));
    await this.options.sealer.eraseKey(userSubject(userId));
  }

  #reservation(space: 'username' | 'email', key: string): string {
    return this.options.root.digest('reservations', `${space}\n${key}`).toString('hex');
  }
}
