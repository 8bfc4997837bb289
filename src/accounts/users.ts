import { reservations } from '#domain/accounts/reservation/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { ERASED, userSubject } from '#domain/kernel/sealing/index.js';
import { AccountNames } from './account-names.js';
import { openedOrMarked } from './opened-or-marked.js';
import { type PresentUser, type Role, users, type UserState } from '#domain/accounts/user/index.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Passwords } from './passwords.js';
import { PURPOSE, type Registrations } from './registrations.js';
import { users as userModel, type UserDocument } from '#projections/accounts/users.js';

export interface OpenedUser extends Omit<UserDocument, 'reservation'> {
  readonly fullName: string | null;
}

/** How long one change waits until the next may look at its result, in milliseconds. */
const VISIBLE_MS = 5000;

type Position = Promise<bigint | undefined>;

export class Users {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly executor: CommandExecutor;
      readonly readModels: ReadModels;
      readonly sealer: Sealer;
      readonly registrations: Registrations;
      readonly passwords: Passwords;
    },
  ) {}

  async state(userId: string): Promise<UserState> {
    return await this.options.executor.load(users, userId);
  }

  async idOf(username: string): Promise<string | undefined> {
    const { executor, registrations } = this.options;
    const held = await executor.load(reservations.username, registrations.reservationOf(username));
    return held.kind === 'held' ? held.ownerId : undefined;
  }

  async document(userId: string): Promise<UserDocument | undefined> {
    const stored = await this.options.readModels.get(userModel.name, userId);
    return stored === undefined ? undefined : (JSON.parse(stored.json) as UserDocument);
  }

  async open(document: UserDocument): Promise<OpenedUser> {
    const { username, email, fullName, firstName, lastName, reservation: _, ...rest } = document;
    const read = async (sealed: string, purpose: string): Promise<string> =>
      document.erased ? ERASED : await openedOrMarked(this.options.sealer, sealed, purpose);
    const readAny = async (sealed: string | null, purpose: string): Promise<string | null> =>
      sealed === null ? null : await read(sealed, purpose);
    const [first, last] = [
      await readAny(firstName, PURPOSE.firstName),
      await readAny(lastName, PURPOSE.lastName),
    ];
    const both = document.erased ? '' : [first, last].filter((each) => each !== null).join(' ');
    return {
      ...rest,
      username: await read(username, PURPOSE.username),
      email: await readAny(email, PURPOSE.email),
      fullName: both === '' ? await readAny(fullName, PURPOSE.fullName) : both,
      firstName: first,
      lastName: last,
    };
  }

  async opened(userId: string): Promise<OpenedUser> {
    return await this.open(documentOf(await this.#present(userId)));
  }

  async idOfEmail(address: string): Promise<string | undefined> {
    const { executor, registrations } = this.options;
    const held = await executor.load(reservations.email, registrations.emailReservationOf(address));
    return held.kind === 'held' ? held.ownerId : undefined;
  }

  async changeRole(userId: string, role: Role, context: CommandContext): Position {
    const command = { kind: 'changeRole', userId, role } as const;
    return await this.#keepingAnAdministrator(userId, command, context);
  }

  async setExecution(userId: string, execute: boolean, context: CommandContext): Position {
    return (
      await this.options.executor.execute(users, userId, { kind: 'setExecution', userId, execute }, context)
    ).position;
  }

  /** Also ends all sessions of the account. */
  async setPassword(userId: string, password: string, context: CommandContext): Position {
    const { executor, passwords, sealer } = this.options;
    await this.#present(userId);
    const sealed = await sealer.seal(userSubject(userId), PURPOSE.password, await passwords.hash(password));
    return (await executor.execute(users, userId, { kind: 'setPassword', userId, password: sealed }, context))
      .position;
  }

  /**
   * The services, tasks and environments of a deactivated account go to `heir`, an active account of the same tenant. Without an heir they end. Throws
   * `MUSTER_E_INVALID` if there is no such account.
   */
  async setActive(userId: string, active: boolean, context: CommandContext, heir?: string): Position {
    const { executor } = this.options;
    if (active)
      return (await executor.execute(users, userId, { kind: 'reactivate', userId }, context)).position;
    await this.#checkHeir(userId, heir);
    return await this.#keepingAnAdministrator(userId, { kind: 'deactivate', userId, heir }, context);
  }

  /** Also ends or hands over what the account owns, as its deactivation does. */
  async erase(userId: string, context: CommandContext, heir?: string): Position {
    await this.#checkHeir(userId, heir);
    const position = await this.#keepingAnAdministrator(userId, { kind: 'erase', userId, heir }, context);
    await this.settleErased(userId, context);
    return position;
  }

  async settleErased(userId: string, context: CommandContext): Promise<void> {
    const { executor, sealer } = this.options;
    const user = await executor.load(users, userId);
    if (user.kind !== 'present' || !user.erased) return;
    await sealer.eraseKey(userSubject(userId));
    const own = once(context);
    const names = new AccountNames(executor);
    await names.release('username', user.usernameReservation, userId, own);
    for (const reservation of [user.emailReservation, ...user.formerEmails])
      if (reservation !== undefined) await names.release('email', reservation, userId, own);
  }

  /**
   * Executes a command that may take away an administrator. One after the other, each after the last is visible, so that two requests cannot remove the
   * last two administrators. On two servers at the same moment they still can. Then the operator on loopback appoints one.
   */
  async #keepingAnAdministrator(
    userId: string,
    command:
      | { readonly kind: 'changeRole'; readonly userId: string; readonly role: Role }
      | {
          readonly kind: 'deactivate' | 'erase';
          readonly userId: string;
          readonly heir: string | undefined;
        },
    context: CommandContext,
  ): Position {
    const { executor, readModels } = this.options;
    const result = this.#turn.then(async () => {
      const user = await this.state(userId);
      const otherAdministrators =
        user.kind === 'absent' || !isAdministrator(user) || (await this.#isOtherAdministrator(userId));
      const { position } = await executor.execute(
        users,
        userId,
        { ...command, otherAdministrators },
        context,
      );
      if (position !== undefined) await readModels.waitFor(position, VISIBLE_MS);
      return position;
    });
    this.#turn = result.catch(() => undefined);
    return await result;
  }

  async #checkHeir(userId: string, heir: string | undefined): Promise<void> {
    if (heir === undefined) return;
    const [user, other] = [await this.state(userId), await this.state(heir)];
    const refuse = (problem: string): MusterError =>
      new MusterError('MUSTER_E_INVALID', { field: 'to', problem });
    if (other.kind === 'absent' || other.erased) throw refuse('no such account');
    if (heir === userId || !other.active) throw refuse('must be another, active account');
    if (user.kind === 'present' && user.tenantId !== other.tenantId)
      throw refuse(
        `must be an account of the same tenant, ${user.tenantId}; an administrator can create one`,
      );
  }

  async #isOtherAdministrator(userId: string): Promise<boolean> {
    for await (const documents of this.options.readModels.list(userModel.name)) {
      for (const { json } of documents) {
        const user = JSON.parse(json) as UserDocument;
        if (isAdministrator(user) && user.userId !== userId) return true;
      }
    }
    return false;
  }

  async #present(userId: string): Promise<PresentUser> {
    const user = await this.state(userId);
    if (user.kind === 'present' && !user.erased) return user;
    throw new MusterError('MUSTER_E_USER_NOT_FOUND');
  }
}

function isAdministrator({ role, active, erased }: UserDocument | PresentUser): boolean {
  return role === 'admin' && active && !erased;
}

export function documentOf(user: PresentUser): UserDocument {
  const {
    userId,
    number,
    usernameReservation,
    username,
    email,
    fullName,
    firstName,
    lastName,
    role,
    tenantId,
    active,
    erased,
    execute,
  } = user;
  const { createdAt, updatedAt } = user;
  return {
    userId,
    number,
    reservation: usernameReservation,
    username,
    role,
    tenantId,
    active,
    erased,
    execute,
    createdAt,
    updatedAt,
    email: email ?? null,
    fullName: fullName ?? null,
    firstName: firstName ?? null,
    lastName: lastName ?? null,
  };
}
