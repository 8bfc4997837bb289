import { MusterError } from '#domain/kernel/errors/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  secretErrors,
  secretPurpose,
  secrets,
  secretsOfTenant,
  type Secret,
} from '#domain/accounts/secret/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { keeperOf, type UserPrincipal } from './principal.js';
import { setByName } from './set-by-name.js';

export interface SecretsHost {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly sealer: Sealer;
}

/** Returns current values by name. Omits secrets that do not exist or can no longer be unsealed. */
export async function secretValues(
  { executor, sealer }: SecretsHost,
  tenantId: string,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const known = await executor.load(secrets, secretsOfTenant(tenantId));
  const values = new Map<string, string>();
  for (const name of new Set(names)) {
    const secret = known.get(name);
    const value = secret && (await sealer.open(secret.sealed, secretPurpose(name)));
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** Secrets of an account's tenant. All members can see the names, but never the values. */
export class TenantSecrets {
  constructor(private readonly options: { readonly executor: CommandExecutor; readonly sealer: Sealer }) {}

  async list({ tenantId }: UserPrincipal): Promise<readonly Secret[]> {
    const known = await this.options.executor.load(secrets, secretsOfTenant(tenantId));
    return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async missing(tenantId: string, names: Iterable<string>): Promise<readonly string[]> {
    const wanted = [...new Set(names)];
    if (wanted.length === 0) return [];
    const known = await this.options.executor.load(secrets, secretsOfTenant(tenantId));
    return wanted.filter((name) => !known.has(name));
  }

  async get({ tenantId }: UserPrincipal, name: string): Promise<Secret> {
    return found(await this.options.executor.load(secrets, secretsOfTenant(tenantId)), name);
  }

  /** Throws `MUSTER_E_FORBIDDEN` if another account created it, and `MUSTER_E_INVALID` if the limit is exceeded. */
  async set(
    account: UserPrincipal,
    name: string,
    value: string,
    context: CommandContext,
  ): Promise<{ readonly secret: Secret; readonly position: bigint | undefined }> {
    const { executor, sealer } = this.options;
    const { tenantId } = account;
    const sealed = await sealer.seal(tenantSubject(tenantId), secretPurpose(name), value);
    const done = await executor.execute(
      secrets,
      secretsOfTenant(tenantId),
      { kind: 'set', sealed, name, ...keeperOf(account) },
      context,
    );
    return { secret: setByName(secrets.decider, done, name), position: done.position };
  }

  async remove(account: UserPrincipal, name: string, context: CommandContext): Promise<bigint | undefined> {
    const { tenantId } = account;
    return (
      await this.options.executor.execute(
        secrets,
        secretsOfTenant(tenantId),
        { kind: 'remove', name, ...keeperOf(account) },
        context,
      )
    ).position;
  }
}

function found(known: ReadonlyMap<string, Secret>, name: string): Secret {
  const secret = known.get(name);
  if (secret === undefined) throw new MusterError(secretErrors.MUSTER_E_SECRET_NOT_FOUND, { name });
  return secret;
}
