import { MusterError } from '#domain/kernel/errors/index.js';
import { volumeErrors } from '#domain/volumes/index.js';
import { message } from '#domain/protocol/index.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { access, errors, json, read, type Scope } from '#src/http/index.js';
import { rebindBody, volumeParams } from '../contract/volume.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['volumes'];

export function volumeRebind(scope: Scope, surface: ServicesSurface): void {
  const { readModels } = surface.parts;

  scope.post(
    '/api/v1/volumes/:id/rebind',
    {
      config: access.admin(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_rebindVolume',
        summary: 'Bind a volume to another node',
        description:
          'Extension. For a volume whose node is gone, or whose data was copied: its service is placed on `node_id` from now on. Muster does not move data. Refused while the former node is up and the service is not stopped.',
        params: volumeParams,
        body: rebindBody,
        response: { 200: json('Bound', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const { node_id: node } = request.body;
      const context = surface.context(request);
      const {
        volume: name,
        node: former,
        serviceId,
      } = await surface.volume(request, reply, request.params.id);
      const nodeOf = async (id: string): Promise<NodeDocument | undefined> => {
        const stored = await readModels.get(nodes.name, id);
        return stored && read<NodeDocument>(stored);
      };
      if ((await nodeOf(node)) === undefined)
        throw new MusterError('MUSTER_E_INVALID', { field: 'node_id', problem: 'is not a registered node' });
      if ((await nodeOf(former))?.down === false && (await surface.living(serviceId)).length > 0)
        throw new MusterError(volumeErrors.MUSTER_E_VOLUME_REACHABLE, { name, node: former });
      const { userId } = surface.account(request);
      await surface.written(reply, await surface.volumes.rebind(name, node, userId, context));
      return { message: `Volume is bound to node ${node}` };
    },
  );
}
