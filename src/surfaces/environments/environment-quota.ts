import {
  diskQuotaExceeded,
  diskUsageOf,
  type StoredGeneration,
} from '#domain/environments/environment/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { environments, type EnvironmentDocument } from '#projections/environments/environments.js';
import type { Quotas, UsageSource } from '#src/accounts/index.js';
import { read } from '#src/http/index.js';
import type { CondaSettings } from './settings.js';

interface Parts {
  readonly readModels: Pick<ReadModels, 'list'>;
}

/** Counts the size of a tenant's environments. */
export function environmentUsage(parts: Parts, { tenantBytes }: CondaSettings): UsageSource {
  return async ({ of, id }) =>
    of === 'tenant'
      ? {
          quota: 'environment_bytes',
          used: diskUsageOf(await generationsOf(parts, id)),
          limit: tenantBytes,
        }
      : undefined;
}

/** Throws `MUSTER_E_ENVIRONMENT_NO_ROOM` if the tenant's environments have reached their maximum size, and records it. */
export async function demandRoom(
  { readModels, quotas }: Parts & { readonly quotas: Pick<Quotas, 'record'> },
  tenantId: string,
  limit: number,
  context: CommandContext,
): Promise<void> {
  const used = diskUsageOf(await generationsOf({ readModels }, tenantId));
  if (used < limit) return;
  const excess = { quota: 'environment_bytes', of: 'tenant', holder: tenantId, limit, used } as const;
  await quotas.record(tenantId, excess, context);
  throw diskQuotaExceeded(used, limit);
}

/** Returns the generations of a tenant's environments that the read model has. */
export async function generationsOf({ readModels }: Parts, tenantId: string): Promise<StoredGeneration[]> {
  const found: StoredGeneration[] = [];
  const where = { index: 'tenant', value: tenantId };
  for await (const page of readModels.list(environments.name, { where }))
    for (const stored of page) {
      const { environmentId, generations } = read<EnvironmentDocument>(stored);
      found.push(
        ...generations.map(({ number, hash, disk }) => ({ environmentId, build: number, hash, disk })),
      );
    }
  return found;
}
