import {
  registries,
  registriesOfTenant,
  registryCredential,
  registryPurpose,
  type Registry,
  type RegistryCredential,
} from '#domain/accounts/registry/index.js';
import { ERASED, tenantSubject } from '#domain/kernel/sealing/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { keeperOf, type UserPrincipal } from './principal.js';
import { setByName } from './set-by-name.js';

export interface OpenedRegistry extends Omit<Registry, 'sealed'> {
  readonly username: string;
}

/** Registry credentials of tenants. Members can see the registries, but never the passwords. */
export class TenantRegistries {
  constructor(private readonly options: { readonly executor: CommandExecutor; readonly sealer: Sealer }) {}

  async list({ tenantId }: UserPrincipal): Promise<readonly OpenedRegistry[]> {
    const known = await this.options.executor.load(registries, registriesOfTenant(tenantId));
    const sorted = [...known.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
    return await Promise.all(sorted.map(async (registry) => await this.#opened(registry)));
  }

  /** Throws `MUSTER_E_FORBIDDEN` if another account created it, and `MUSTER_E_INVALID` if the limit is exceeded. */
  async set(
    account: UserPrincipal,
    host: string,
    credential: RegistryCredential,
    context: CommandContext,
  ): Promise<{ readonly registry: OpenedRegistry; readonly position: bigint | undefined }> {
    const { executor, sealer } = this.options;
    const { tenantId } = account;
    const sealed = await sealer.seal(
      tenantSubject(tenantId),
      registryPurpose(host),
      JSON.stringify(credential),
    );
    const done = await executor.execute(
      registries,
      registriesOfTenant(tenantId),
      { kind: 'set', sealed, host, ...keeperOf(account) },
      context,
    );
    return {
      registry: await this.#opened(setByName(registries.decider, done, host)),
      position: done.position,
    };
  }

  async remove(account: UserPrincipal, host: string, context: CommandContext): Promise<bigint | undefined> {
    const { tenantId } = account;
    return (
      await this.options.executor.execute(
        registries,
        registriesOfTenant(tenantId),
        { kind: 'remove', host, ...keeperOf(account) },
        context,
      )
    ).position;
  }

  /** Returns a tenant's credential for a registry, or undefined if there is none or its sealing key was erased. */
  async credential(tenantId: string, host: string): Promise<RegistryCredential | undefined> {
    const registry = (await this.options.executor.load(registries, registriesOfTenant(tenantId))).get(host);
    return registry && (await this.#open(registry));
  }

  async #open({ sealed, host }: Registry): Promise<RegistryCredential | undefined> {
    const text = await this.options.sealer.open(sealed, registryPurpose(host));
    return text === undefined ? undefined : registryCredential.parse(JSON.parse(text));
  }

  async #opened(registry: Registry): Promise<OpenedRegistry> {
    const { sealed: _, ...shown } = registry;
    return { ...shown, username: (await this.#open(registry))?.username ?? ERASED };
  }
}
