import type { ServiceDocument } from '#projections/services/services.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { newestVersion } from './change-service.js';
import { configurationToRollBack, doubtfulValues } from './initial-values.js';
import { presentIn } from './services.js';
import type { ServicesSurface } from './surface.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';

/** Variables that got other values, and the version that has them. */
export interface TakenValues {
  readonly version: number;
  readonly names: readonly string[];
}

/**
 * Gives a stopped service the values that its restored content has, if that is known, as a rollback to its latest version. Otherwise, and if this fails,
 * {@link doubtfulValues} has the variables. Returns the new version and the names of the variables that have other values.
 */
export async function takeRestoredValues(
  surface: ServicesSurface,
  account: UserPrincipal,
  service: Pick<ServiceDocument, 'tenantId' | 'serviceId' | 'name'>,
  context: CommandContext,
): Promise<TakenValues | undefined> {
  // A service that was started meanwhile keeps its values, and says which ones differ.
  if ((await surface.living(service.serviceId)).length > 0) return undefined;
  const newest = await newestVersion(surface, service.serviceId);
  const { version: known } = await doubtfulValues(surface, service.serviceId, newest);
  if (newest === undefined || known === undefined) return undefined;
  const of = { former: newest, newest, force: false };
  const { configuration, kept } = await configurationToRollBack(surface, account, service, of);
  if (kept.length === 0) return undefined;
  const { version } = newest;
  const now = surface.parts.clock.now();
  const command = { kind: 'rollBack', version, former: configuration, by: account.userId, now } as const;
  const executed = await surface.services.order(service.serviceId, command, context);
  return { version: presentIn(executed).version, names: kept };
}
