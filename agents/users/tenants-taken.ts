import { lookup } from 'node:dns/promises';
import type { TenantsTaken } from '#domain/drivers/program.js';
import { effectiveAccess, type LocalAccess } from '../listener/index.js';
import { isLoopback } from '../loopback.js';
import { machineAddresses } from '../machine-addresses.js';
import type { Separation } from './tenant-users.js';

export interface TenantsTakenOptions {
  readonly separation: Separation;
  readonly localAccess: LocalAccess;
  /** URLs of the servers, or of the NATS servers, that the agent speaks to. */
  readonly servers: readonly string[];
  /** Addresses that a name has. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
  /** Addresses of this machine. */
  readonly own?: () => readonly string[];
}

/**
 * Whether tenants' processes are taken here. As the agent's own user on the server's own machine they would be the operator: on loopback that
 * user's connections need to show nothing, unless a token is demanded of all (`MUSTER_LOCAL_ACCESS`).
 */
export async function tenantsTaken({
  separation,
  localAccess,
  servers,
  addressesOf = resolved,
  own = machineAddresses,
}: TenantsTakenOptions): Promise<TenantsTaken> {
  if (separation !== 'shared' || effectiveAccess(localAccess) === 'token') return 'accepted';
  const mine = own();
  const hosts = servers.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const near = await Promise.all(hosts.map(async (host) => isLoopback(host) || (await addressesOf(host)).some((address) => mine.includes(address))));
  return near.includes(true) ? 'refused' : 'accepted';
}

/** None of a name that is not known now: nothing there can be reached either. */
async function resolved(host: string): Promise<readonly string[]> {
  return await lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}
