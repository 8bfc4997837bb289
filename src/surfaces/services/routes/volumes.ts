import { z } from 'zod';
import { volumeName } from '#domain/jobs/job/volume.js';
import { volumes } from '#domain/volumes/index.js';
import { message } from '#domain/protocol/index.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import { access, errors, json, page, read, sendList, type Scope } from '#src/http/index.js';
import { allTenantsFlag } from '../contract/all-tenants.js';
import { volumeList, volumeParams, VOLUME_STATUSES, volumeView } from '../contract/volume.js';
import { failingTo } from '../failing.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { TenantLines } from '../tenant-lines.js';
import { madeVolume, viewVolume, volumeStatus } from '../volume-view.js';

const tags = ['volumes'];
const account = access.account(SERVICES_SURFACE);
const listQuery = z.strictObject({
  status: z
    .enum(VOLUME_STATUSES)
    .optional()
    .meta({ title: 'VolumeStatusFilter', description: 'Only volumes with this status' }),
  all_tenants: allTenantsFlag,
  ...page,
});

export function volumeRoutes(scope: Scope, surface: ServicesSurface): void {
  const { readModels } = surface.parts;

  scope.get(
    '/api/v1/volumes',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listVolumes',
        summary: 'List volumes',
        description:
          "Extension. Returns the placed volumes of the caller's tenant, including volumes of deleted services.",
        querystring: listQuery,
        response: { 200: json('The volumes', volumeList), ...errors() },
      },
    },
    async (request, reply) => {
      const { status, all_tenants: all, ...page } = request.query;
      const lines = new TenantLines({
        model: volumeModel.name,
        tenantId: surface.listedTenant(request, all),
        page,
        line: (stored) => {
          const volume = read<VolumeDocument>(stored);
          const made = madeVolume(volume);
          return {
            fits: made !== undefined && (status === undefined || volumeStatus(volume) === status),
            json: async () => JSON.stringify(made && (await viewVolume(readModels, made))),
          };
        },
      });
      const list = { before: '{"volumes":[', after: () => `],"total":${lines.total}}` };
      return await failingTo('list volumes', async () => await sendList(reply, list, lines.of(readModels)));
    },
  );

  scope.get(
    '/api/v1/volumes/:id',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getVolume',
        summary: 'Get a volume',
        description: 'Extension.',
        params: volumeParams,
        response: { 200: json('The volume', volumeView), ...errors(404) },
      },
    },
    async (request, reply) =>
      await viewVolume(readModels, await surface.volume(request, reply, request.params.id)),
  );

  scope.delete(
    '/api/v1/volumes/:id',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_deleteVolume',
        summary: 'Delete a volume',
        description:
          'Extension. Deletes the volume and its content once no container uses it. Its status is `deleting` until its node has removed it. Refused while its service exists. If the node sends no heartbeats for a long time (`MUSTER_VOLUME_PATIENCE_HOURS`), the volume counts as deleted, although its data remains on the disk of the node.',
        params: volumeParams,
        response: { 200: json('Accepted', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const context = surface.context(request);
      const asked = { message: 'Volume is being deleted' };
      if (
        volumeName.safeParse(id).success &&
        (await surface.repeats(reply, volumes, id, context)) !== undefined
      )
        return asked;
      const { volume } = await surface.changeableVolume(request, reply, id);
      await surface.written(reply, await surface.volumes.delete(volume, context));
      return asked;
    },
  );
}
