import type { FastifyReply } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { deploymentKeyOf, serviceErrors, type Configuration } from '#domain/services/service/index.js';
import { serviceVersions, type ServiceVersionDocument } from '#projections/services/service-versions.js';
import type { ServicesSurface } from './surface.js';

/** Returns the configuration that a version of a service has stored. Throws MUSTER_E_SERVICE_VERSION_NOT_FOUND. */
export async function configurationOfVersion(
  surface: ServicesSurface,
  reply: FastifyReply,
  serviceId: string,
  version: number,
): Promise<Configuration> {
  const stored = await surface.document<ServiceVersionDocument>(
    reply,
    serviceVersions.name,
    deploymentKeyOf(serviceId, version),
  );
  if (stored === undefined)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_VERSION_NOT_FOUND, { version });
  const { config, digest, sealed, template, work, inherited, imageDigest } = stored;
  return {
    config,
    digest,
    work,
    ...(sealed !== undefined && { sealed }),
    ...(template !== undefined && { template }),
    ...(inherited !== undefined && { inherited }),
    ...(imageDigest !== undefined && { imageDigest }),
  };
}
