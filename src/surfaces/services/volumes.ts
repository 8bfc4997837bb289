import { stateAfter } from '#domain/kernel/event/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import {
  holderOf,
  isOwnVolume,
  mountedVolumes,
  services,
  type Configuration,
  type PresentService,
} from '#domain/services/service/index.js';
import {
  holding,
  volumeErrors,
  volumes,
  type VolumeCommand,
  type VolumeEvent,
  type VolumeState,
} from '#domain/volumes/index.js';
import {
  once,
  type CommandContext,
  type CommandExecutor,
  type Executed,
} from '#domain/kernel/ports/command-executor.js';
import { mayChange, type UserPrincipal } from '#src/accounts/index.js';

type Holding = Pick<PresentService, 'serviceId' | 'tenantId' | 'createdBy' | 'name'>;

/** Commands on volumes. A service takes an existing volume before the service is created or changed, so only one of two services gets it. */
export class Volumes {
  constructor(private readonly executor: Pick<CommandExecutor, 'load' | 'execute'>) {}

  /**
   * Takes all existing volumes that a version mounts, or none. Throws `MUSTER_E_INVALID` if the tenant does not have one of them, and
   * `MUSTER_E_VOLUME_NOT_YOURS`, `MUSTER_E_VOLUME_IN_USE` or `MUSTER_E_VOLUME_GOING`.
   */
  async take(
    service: Holding,
    configuration: Pick<Configuration, 'work'>,
    account: UserPrincipal,
    context: CommandContext,
  ): Promise<void> {
    const { serviceId } = service;
    const taken: string[] = [];
    try {
      for (const name of foreignVolumes(service, configuration)) {
        await this.#check(name, service, account);
        const { events } = await this.#executeAfterRelease(
          { kind: 'take', name, holder: holderOf(service), known: true },
          context,
        );
        if (events.length > 0) taken.push(name);
      }
    } catch (error) {
      for (const name of taken)
        await this.#executeAfterRelease({ kind: 'leave', name, serviceId, erase: false }, context);
      throw error;
    }
  }

  /** Checks whether {@link take} would succeed. Throws the same errors. */
  async check(
    service: Holding,
    configuration: Pick<Configuration, 'work'>,
    account: UserPrincipal,
  ): Promise<void> {
    for (const name of foreignVolumes(service, configuration)) {
      await this.#check(name, service, account);
      // In this order, the state includes a release that happens in between.
      const leave = await this.#leaving(name);
      const state = await this.executor.load(volumes, name);
      const then = leave === undefined ? state : stateAfter(volumes.decider, state, leave);
      volumes.decider.decide({ kind: 'take', name, holder: holderOf(service), known: true }, then);
    }
  }

  /** Returns the position, or undefined if deletion was already requested. Throws `MUSTER_E_VOLUME_IN_USE`. */
  async delete(name: string, context: CommandContext): Promise<bigint | undefined> {
    return (await this.#executeAfterRelease({ kind: 'delete', name }, context, context)).position;
  }

  /** Binds the volume to another node. Throws `MUSTER_E_VOLUME_GOING`. */
  async rebind(name: string, node: string, by: string, context: CommandContext): Promise<bigint | undefined> {
    return (await this.executor.execute(volumes, name, { kind: 'rebind', name, node, by }, context)).position;
  }

  async #check(name: string, { tenantId, serviceId }: Holding, account: UserPrincipal): Promise<void> {
    const { holder } = await this.executor.load(volumes, name);
    if (holder === null || holder.tenantId !== tenantId)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config.volumes',
        problem: `there is no volume ${name}`,
      });
    if (holder.serviceId !== serviceId && !mayChange(account, holder))
      throw new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_YOURS);
  }

  async #executeAfterRelease(
    command: VolumeCommand,
    context: CommandContext,
    own = once(context),
  ): Promise<Executed<VolumeEvent, VolumeState>> {
    const execute = async () => await this.executor.execute(volumes, command.name, command, own);
    try {
      return await execute();
    } catch (error) {
      if (!isMusterError(error, volumeErrors.MUSTER_E_VOLUME_IN_USE)) throw error;
      const leave = await this.#leaving(command.name);
      if (leave !== undefined) await this.#execute(leave, context);
      return await execute();
    }
  }

  async #leaving(name: string): Promise<VolumeCommand | undefined> {
    const holder = holding(await this.executor.load(volumes, name));
    const service = holder === null ? undefined : await this.executor.load(services, holder.serviceId);
    return service?.kind === 'deleted'
      ? { kind: 'leave', name, serviceId: service.serviceId, erase: service.volumes }
      : undefined;
  }

  async #execute(
    command: VolumeCommand,
    context: CommandContext,
  ): Promise<Executed<VolumeEvent, VolumeState>> {
    return await this.executor.execute(volumes, command.name, command, once(context));
  }
}

function foreignVolumes(
  { serviceId }: Pick<Holding, 'serviceId'>,
  configuration: Pick<Configuration, 'work'>,
): readonly string[] {
  return mountedVolumes(configuration).filter((each) => !isOwnVolume(serviceId, each));
}
