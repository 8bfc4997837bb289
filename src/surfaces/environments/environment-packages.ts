import type { FastifyReply } from 'fastify';
import { environmentErrors } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import { environmentOf, lockId } from '#projections/environments/environment-locks.js';
import {
  environmentPackages,
  type EnvironmentPackagesDocument,
} from '#projections/environments/environment-packages.js';
import type { EnvironmentDocument } from '#projections/environments/environments.js';
import type { CondaSurface } from './surface.js';

/** Throws `MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND`. */
export async function generationPackages(
  surface: CondaSurface,
  reply: FastifyReply,
  { environmentId }: Pick<EnvironmentDocument, 'environmentId'>,
  generation: number,
): Promise<EnvironmentPackagesDocument> {
  const found = await surface.document<EnvironmentPackagesDocument>(
    reply,
    environmentPackages.name,
    lockId(environmentId, generation),
  );
  if (found === undefined)
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND, { generation });
  return found;
}

export async function currentPackages(
  { parts: { readModels } }: CondaSurface,
  tenantId: string,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const held = new Map<string, StoredDocument>();
  for await (const page of readModels.list(environmentPackages.name, {
    where: { index: 'current', value: tenantId },
  }))
    for (const stored of page) held.set(environmentOf(stored.id), stored);
  return held;
}
