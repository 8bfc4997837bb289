import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import {
  firstAdministrator,
  type MadeAdministrator,
  createIdentity,
  type Identity,
  type NodeAccess,
  ownSecret,
  startSettlement,
} from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { Settings } from './settings/settings.js';
import type { Closing } from './closing.js';
import type { Keys } from './keys.js';
import type { Log } from './log.js';
import { retryWhileUnavailable } from './retry.js';
import { processIds } from './process-ids.js';

export interface IdentityParts {
  readonly settings: Settings;
  readonly directory: string;
  readonly keys: Keys;
  readonly executor: CommandExecutor;
  readonly nodes: NodeAccess | undefined;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the accounts. Creates the first administrator if there is none, and completes registrations that a crash interrupted. */
export async function openIdentity(
  parts: IdentityParts,
  closing: Closing,
): Promise<{ readonly identity: Identity; readonly administrator: MadeAdministrator | undefined }> {
  const { settings, directory, keys, log, ...rest } = parts;
  const ids = processIds;
  const jwtSecret = settings.jwtSecret ?? ownSecret(directory, 'jwt.key');
  const identity = createIdentity({
    ...rest,
    ...keys,
    ids,
    jwtSecret,
    joinToken: settings.joinToken,
    operatorKeys: settings.operatorKeys,
    limits: settings.identity,
    openRegistration: settings.openRegistration,
  });
  const administrator = await firstAdministrator(
    identity,
    settings.administrator,
    ids,
    retryWhileUnavailable(parts.clock),
  );
  const settlement = startSettlement({ ...rest, identity, ids, logger: log });
  closing.add('accounts', async () => await settlement.stop());
  return { identity, administrator };
}
