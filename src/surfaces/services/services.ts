import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { NAME_RESERVATION_TIMEOUT_MS } from '#domain/kernel/held-name.js';
import {
  tenantServicesOf,
  serviceErrors,
  tenantServices,
  services,
  type Configuration,
  type PresentService,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '#domain/services/service/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  once,
  type CommandContext,
  type CommandExecutor,
  type Executed,
} from '#domain/kernel/ports/command-executor.js';
import type { Quotas, UserPrincipal } from '#src/accounts/index.js';
import { madeId } from '#src/engine/commands/index.js';
import type { Volumes } from './volumes.js';

export interface ServicesOptions {
  readonly executor: CommandExecutor;
  readonly volumes: Volumes;
  readonly quotas: Pick<Quotas, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly most: number;
}

type ServiceOrder = Exclude<ServiceCommand, { readonly kind: 'create' | 'advance' | 'settle' | 'fail' }>;
type Wanted = Pick<PresentService, 'type' | 'name' | 'description'>;

/** Commands on services. One of the tenant's slots is reserved before a service is created, and released after its deletion. */
export class Services {
  constructor(private readonly options: ServicesOptions) {}

  idFor(context: CommandContext): string {
    return madeId(context.commandId, 'service');
  }

  /** Throws `MUSTER_E_SERVICE_EXISTS`, `MUSTER_E_SERVICE_TOO_MANY`, and the same errors as {@link Volumes.take}. */
  async create(
    account: UserPrincipal,
    wanted: Wanted,
    configuration: Configuration,
    context: CommandContext,
  ): Promise<Executed<ServiceEvent, ServiceState>> {
    const serviceId = this.idFor(context);
    const { tenantId, userId } = account;
    const service = { serviceId, tenantId, createdBy: userId, ...wanted };
    await this.#take(tenantId, serviceId, wanted.type, context);
    try {
      await this.options.volumes.take(service, configuration, account, context);
    } catch (error) {
      await this.#give(service, context);
      throw error;
    }
    return await this.options.executor.execute(
      services,
      serviceId,
      { kind: 'create', service, configuration },
      context,
      { fresh: true },
    );
  }

  async find(serviceId: string): Promise<PresentService | undefined> {
    const state = await this.options.executor.load(services, serviceId);
    return state.kind === 'present' ? state : undefined;
  }

  async order(
    serviceId: string,
    command: ServiceOrder,
    context: CommandContext,
  ): Promise<Executed<ServiceEvent, ServiceState>> {
    return await this.options.executor.execute(services, serviceId, command, context);
  }

  async delete(
    { serviceId, tenantId }: Pick<PresentService, 'serviceId' | 'tenantId'>,
    volumes: boolean,
    by: string,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    const { position } = await this.order(serviceId, { kind: 'delete', volumes, by }, context);
    await this.#give({ serviceId, tenantId }, context);
    return position;
  }

  async #give(
    { serviceId, tenantId }: Pick<PresentService, 'serviceId' | 'tenantId'>,
    context: CommandContext,
  ): Promise<void> {
    await this.options.executor.execute(
      tenantServices,
      tenantServicesOf(tenantId),
      { kind: 'give', tenantId, serviceId },
      once(context),
    );
  }

  /** Takes one of the tenant's slots. If refused, releases the slots of services that were never created or have been deleted, and tries again. */
  async #take(tenantId: string, serviceId: string, type: string, context: CommandContext): Promise<void> {
    const { executor, quotas, most } = this.options;
    const take = async (strays: readonly string[]): Promise<unknown> =>
      await executor.execute(
        tenantServices,
        tenantServicesOf(tenantId),
        { kind: 'take', tenantId, serviceId, type, most, strays },
        once(context),
      );
    try {
      await take([]);
    } catch (error) {
      if (
        !isMusterError(error, serviceErrors.MUSTER_E_SERVICE_EXISTS) &&
        !isMusterError(error, serviceErrors.MUSTER_E_SERVICE_TOO_MANY)
      )
        throw error;
      const strays = await this.#strays(tenantId);
      if (strays.length > 0) return void (await take(strays));
      if (isMusterError(error, serviceErrors.MUSTER_E_SERVICE_TOO_MANY))
        await quotas.record(
          tenantId,
          { quota: 'services', of: 'tenant', holder: tenantId, limit: most, used: most },
          context,
        );
      throw error;
    }
  }

  async #strays(tenantId: string): Promise<readonly string[]> {
    const { executor, clock } = this.options;
    const strays: string[] = [];
    for (const [serviceId, { since }] of await executor.load(tenantServices, tenantServicesOf(tenantId))) {
      const { kind } = await executor.load(services, serviceId);
      if (kind === 'deleted' || (kind === 'absent' && clock.now() - since >= NAME_RESERVATION_TIMEOUT_MS))
        strays.push(serviceId);
    }
    return strays;
  }
}

export function presentIn({ state }: Executed<ServiceEvent, ServiceState>): PresentService {
  if (state.kind !== 'present') throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  return state;
}
