import { reservations } from '#domain/accounts/reservation/index.js';
import { users } from '#domain/accounts/user/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { userSubject } from '#domain/kernel/sealing/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { AccountNames } from './account-names.js';
import { sagaContext } from './saga-context.js';
import type { Identity } from './identity.js';
import { PURPOSE } from './registrations.js';
import {
  emailReservations,
  type EmailReservationDocument,
} from '#projections/accounts/email-reservations.js';
import { users as userModel, type UserDocument } from '#projections/accounts/users.js';

const EVERY_MS = 15_000;
const REGISTRATION_GRACE_MS = 5_000;
/**
 * How long a reserved email address may wait for its account, in milliseconds. The address is reserved before the name, and reserving the name
 * commits the registration. Without a reserved name there is nothing to complete, so the address is released.
 */
const EMAIL_GRACE_MS = 600_000;

export interface SettlementOptions {
  readonly identity: Identity;
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: { warn(record: object): void };
}

export interface Settlement {
  look(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Records attempts, and cleans up after a crash: completes registrations whose name is reserved or releases the name, releases unused addresses, and deletes the keys of erased
 * accounts.
 */
export function startSettlement(options: SettlementOptions): Settlement {
  const { clock, logger } = options;
  const stopping = new AbortController();
  const gone = new Set<string>();
  const look = async (): Promise<number> => {
    let settled = 0;
    for await (const page of options.readModels.list(userModel.name, {
      where: { index: 'unsettled', value: 'pending' },
    })) {
      for (const { json } of page)
        if (await complete(options, JSON.parse(json) as UserDocument)) settled += 1;
    }
    for await (const page of options.readModels.list(emailReservations.name)) {
      for (const { json } of page)
        if (await settleEmail(options, JSON.parse(json) as EmailReservationDocument)) settled += 1;
    }
    for await (const page of options.readModels.list(userModel.name, {
      where: { index: 'unsettled', value: 'erased' },
    })) {
      for (const { id } of page) {
        if (gone.has(id)) continue;
        await options.identity.users.settleErased(id, sagaContext('accounts', options.ids));
        gone.add(id);
      }
    }
    return settled;
  };
  const orLogged = async (work: () => Promise<unknown>, code: string): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE')) logger.warn({ code, err: error });
    }
  };
  const record = async (): Promise<void> =>
    await orLogged(() => options.identity.attempts.flush(), 'attempts-not-recorded');
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await orLogged(look, 'accounts-not-settled');
      await record();
      await clock.sleep(EVERY_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    look,
    async stop() {
      stopping.abort();
      await running;
      await record();
    },
  };
}

async function complete(
  { identity, executor, clock, ids, logger }: SettlementOptions,
  { userId, reservation, createdAt }: UserDocument,
): Promise<boolean> {
  if (Math.abs(clock.now() - createdAt) < REGISTRATION_GRACE_MS) return false;
  const held = await executor.load(reservations.username, reservation);
  if (held.kind !== 'held' || held.ownerId !== userId || held.registration === undefined) return false;
  const context = sagaContext('accounts', ids);
  const user = await executor.load(users, userId);
  const key = user.kind === 'absent' ? await keyOf(identity.sealer, held.registration.password) : 'here';
  if (key === 'elsewhere') return false;
  // No one can log in without the key, so release the name.
  if (key === 'gone') {
    await new AccountNames(executor).release('username', reservation, userId, context);
  } else {
    await identity.registrations.complete(held.registration, context);
  }
  logger.warn({ code: 'account-settled', userId });
  return true;
}

async function keyOf(sealer: Sealer, sealed: string): Promise<'here' | 'gone' | 'elsewhere'> {
  try {
    return (await sealer.open(sealed, PURPOSE.password)) === undefined ? 'gone' : 'here';
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_SEALING_KEY_MISSING')) return 'elsewhere';
    throw error;
  }
}

async function settleEmail(
  { identity, executor, clock, ids, logger }: SettlementOptions,
  { reservation, ownerId, reservedAt }: EmailReservationDocument,
): Promise<boolean> {
  if (Math.abs(clock.now() - reservedAt) < EMAIL_GRACE_MS) return false;
  const held = await executor.load(reservations.email, reservation);
  if (held.kind !== 'held' || held.ownerId !== ownerId || held.confirmed) return false;
  const user = await executor.load(users, ownerId);
  // The name is reserved, so completing the account also confirms its address.
  if (user.kind === 'absent' && (await identity.users.document(ownerId)) !== undefined) return false;
  const own = user.kind === 'present' && !user.erased && user.emailReservation === reservation;
  if (own) await identity.profiles.settleEmail(user, sagaContext('accounts', ids));
  else await new AccountNames(executor).release('email', reservation, ownerId, sagaContext('accounts', ids));
  if (user.kind === 'absent') await identity.sealer.eraseKey(userSubject(ownerId));
  logger.warn({ code: 'email-settled', userId: ownerId });
  return true;
}
