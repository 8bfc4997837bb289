import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import {
  firstAdministrator,
  type MadeAdministrator,
  createIdentity,
  type Identity,
  ownSecret,
  startSettlement,
} from '#src/accounts/index.js';
import type { CredentialSettings, IdentitySettings } from './settings.js';
import type { ListenerSettings } from '../listener/settings.js';
import type { ServerHost } from '../host/server-host.js';
import type { Keys } from '../keys/keys.js';
import { retryWhileUnavailable } from '../host/retry.js';
import { processIds } from '../host/process-ids.js';

/** Opens the accounts. Creates the first administrator if there is none, and completes registrations that a crash interrupted. */
export async function openIdentity(
  host: ServerHost,
  settings: CredentialSettings & IdentitySettings & Pick<ListenerSettings, 'openRegistration'>,
  keys: Keys,
  executor: CommandExecutor,
  readModels: ReadModels,
): Promise<{ readonly identity: Identity; readonly administrator: MadeAdministrator | undefined }> {
  const { directory, clock, log } = host;
  const ids = processIds;
  const jwtSecret = settings.jwtSecret ?? ownSecret(directory, 'jwt.key');
  const identity = createIdentity({
    ...keys,
    executor,
    readModels,
    clock,
    ids,
    jwtSecret,
    operatorKeys: settings.operatorKeys,
    limits: settings.identity,
    openRegistration: settings.openRegistration,
  });
  const administrator = await firstAdministrator(
    identity,
    settings.administrator,
    ids,
    retryWhileUnavailable(clock),
  );
  const settlement = startSettlement({ executor, readModels, clock, identity, ids, logger: log });
  host.onClose('accounts', async () => await settlement.stop());
  return { identity, administrator };
}
