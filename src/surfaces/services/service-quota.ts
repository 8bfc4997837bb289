import { tenantServices, tenantServicesOf } from '#domain/services/service/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { UsageSource } from '#src/accounts/index.js';
import type { ServicesSettings } from './settings.js';

/** Counts the services of a tenant. */
export function serviceUsage(
  { executor }: { readonly executor: Pick<CommandExecutor, 'load'> },
  { maxPerTenant }: ServicesSettings,
): UsageSource {
  return async ({ of, id }) => {
    if (of !== 'tenant') return undefined;
    const { size } = await executor.load(tenantServices, tenantServicesOf(id));
    return { quota: 'services', used: size, limit: maxPerTenant };
  };
}
