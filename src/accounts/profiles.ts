import { MusterError } from '#domain/kernel/errors/index.js';
import { userSubject } from '#domain/kernel/sealing/index.js';
import { users, type PresentUser, type ProfileChange } from '#domain/accounts/user/index.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { KeyedMutex } from '#src/engine/commands/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { AccountNames } from './account-names.js';
import { PURPOSE, type Registrations } from './registrations.js';
import { documentOf, type Users } from './users.js';

export interface Profile {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly email?: string | undefined;
}

const MAX_WAITING = 1024;

export class Profiles {
  /** Serialises changes to an account so that one change does not release an address that another one reserves. */
  readonly #mutex = new KeyedMutex(MAX_WAITING);

  readonly #names: AccountNames;

  constructor(
    private readonly options: {
      readonly executor: CommandExecutor;
      readonly sealer: Sealer;
      readonly registrations: Registrations;
      readonly users: Users;
    },
  ) {
    this.#names = new AccountNames(options.executor);
  }

  /** Values that are already set have no effect. Throws `MUSTER_E_EMAIL_TAKEN` or `MUSTER_E_USER_NOT_FOUND`. */
  async change(userId: string, wanted: Profile, context: CommandContext): Promise<bigint | undefined> {
    return await this.#mutex.take(userId, async () => {
      const user = await this.options.executor.load(users, userId);
      if (user.kind === 'absent' || user.erased) throw new MusterError('MUSTER_E_USER_NOT_FOUND');
      const profile = await this.#changed(user, wanted);
      const { emailReservation: reservation } = profile;
      if (reservation === undefined || reservation === user.emailReservation)
        return await this.#change(userId, profile, context);
      // Reserve the address before the account adopts it, so that no other account can reserve it in between.
      await this.#names.reserve('email', reservation, userId, once(context));
      try {
        return await this.#change(userId, profile, context);
      } finally {
        const now = await this.options.executor.load(users, userId);
        if (now.kind === 'present') await this.settleEmail(now, context);
        // The account did not adopt the address: the change failed, or its idempotency key belongs to a different request.
        if (now.kind === 'absent' || now.emailReservation !== reservation)
          await this.#names.release('email', reservation, userId, once(context));
      }
    });
  }

  async settleEmail(
    { userId, emailReservation, formerEmails }: PresentUser,
    context: CommandContext,
  ): Promise<void> {
    for (const former of formerEmails) await this.#names.release('email', former, userId, once(context));
    if (emailReservation !== undefined)
      await this.#names.confirm('email', emailReservation, userId, once(context));
  }

  async #change(
    userId: string,
    profile: ProfileChange,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    return (
      await this.options.executor.execute(users, userId, { kind: 'changeProfile', userId, profile }, context)
    ).position;
  }

  async #changed(user: PresentUser, wanted: Profile): Promise<ProfileChange> {
    const { sealer, registrations } = this.options;
    const now = await this.options.users.open(documentOf(user));
    const subject = userSubject(user.userId);
    const changed: { -readonly [Field in keyof ProfileChange]: ProfileChange[Field] } = {};
    for (const field of ['firstName', 'lastName', 'email'] as const) {
      const text = wanted[field];
      if (text !== undefined && text !== now[field])
        changed[field] = await sealer.seal(subject, PURPOSE[field], text);
    }
    if (changed.email !== undefined && wanted.email !== undefined)
      changed.emailReservation = registrations.emailReservationOf(wanted.email);
    return changed;
  }
}
