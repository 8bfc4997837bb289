import { reservations, type NameSpace } from '#domain/accounts/reservation/index.js';
import type { UserRegistration } from '#domain/accounts/user/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';

/** Reserves usernames and email addresses, by their digests, before an account claims them. */
export class AccountNames {
  constructor(private readonly executor: CommandExecutor) {}

  /** Throws `MUSTER_E_USERNAME_TAKEN` or `MUSTER_E_EMAIL_TAKEN`. */
  async reserve(
    space: NameSpace,
    reservation: string,
    ownerId: string,
    context: CommandContext,
    registration?: UserRegistration,
  ): Promise<void> {
    await this.executor.execute(
      reservations[space],
      reservation,
      { kind: 'reserve', space, reservation, ownerId, ...(registration && { registration }) },
      context,
    );
  }

  async confirm(
    space: NameSpace,
    reservation: string,
    ownerId: string,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    const command = { kind: 'confirm', reservation, ownerId } as const;
    return (await this.executor.execute(reservations[space], reservation, command, context)).position;
  }

  async release(
    space: NameSpace,
    reservation: string,
    ownerId: string,
    context: CommandContext,
  ): Promise<void> {
    const command = { kind: 'release', reservation, ownerId } as const;
    await this.executor.execute(reservations[space], reservation, command, context);
  }
}
