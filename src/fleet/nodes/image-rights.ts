import { dockerDriver, type DockerConfig } from '#domain/drivers/docker/index.js';
import { registryOf, type RegistryCredential } from '#domain/accounts/registry/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import { OPERATOR } from '#domain/accounts/user/operator.js';

/** Looks up a tenant's credential for a registry. Returns undefined if there is none. */
export type CredentialSource = (tenantId: string, host: string) => Promise<RegistryCredential | undefined>;

export type ImageRights = Pick<AllocationOrder, 'image_owner' | 'registries' | 'registry_credentials'>;

export async function imageRights(
  { tasks }: TaskGroup,
  owner: JobOwner | undefined,
  source: CredentialSource,
): Promise<ImageRights> {
  const tenantId = owner === undefined ? OPERATOR.tenantId : owner.tenant;
  if (tenantId === null) return {};
  const images = tasks
    .filter(({ driver }) => driver === dockerDriver.name)
    .map(({ config }) => (config as DockerConfig).image);
  const hosts = new Set(images.map(registryOf));
  const credentials: Record<string, RegistryCredential> = {};
  for (const host of hosts) {
    const credential = await source(tenantId, host);
    if (credential !== undefined) credentials[host] = credential;
  }
  const registries = Object.keys(credentials);
  return registries.length === 0
    ? {}
    : { image_owner: tenantSubject(tenantId), registries, registry_credentials: credentials };
}
