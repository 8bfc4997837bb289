import {
  services,
  type Configuration,
  type ServiceEvent,
  type ServiceState,
  type ServiceVersion,
} from '#domain/services/service/index.js';
import type { CommandContext, Executed } from '#domain/kernel/ports/command-executor.js';
import type { ServiceDocument } from '#projections/services/services.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { checkInitialValues } from './initial-values.js';
import { replacedBy } from './room.js';
import type { ServicesSurface } from './surface.js';

export interface ServiceChange {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly description?: string | null | undefined;
  readonly configuration?: Configuration | undefined;
}

/** Changes a service, and rolls a changed configuration out if it is running. Everything that could refuse the change is checked first. */
export async function changeService(
  surface: ServicesSurface,
  service: ServiceDocument,
  change: ServiceChange,
  {
    account,
    force,
    context,
  }: { readonly account: UserPrincipal; readonly force: boolean; readonly context: CommandContext },
): Promise<Executed<ServiceEvent, ServiceState>> {
  const now = surface.parts.clock.now();
  const { configuration, name = service.name } = change;
  const ofChange = { ...change, kind: 'change', by: account.userId, now } as const;
  if (configuration === undefined) return await surface.services.order(service.serviceId, ofChange, context);
  if (!force)
    await checkInitialValues(
      surface,
      service,
      configuration,
      await newestVersion(surface, service.serviceId),
    );
  await surface.checkQuota(service, configuration.work, context);
  const former = await replacedBy(surface, service, { account, configuration, force, now });
  await surface.volumes.take({ ...service, name }, configuration, account, context);
  return await surface.services.order(service.serviceId, { ...ofChange, ...former }, context);
}

/** Returns the newest version of a service, as its stream has it. */
export async function newestVersion(
  { parts: { executor } }: ServicesSurface,
  serviceId: string,
): Promise<ServiceVersion | undefined> {
  const state = await executor.load(services, serviceId);
  return state.kind === 'present' ? state.versions.get(state.version) : undefined;
}
