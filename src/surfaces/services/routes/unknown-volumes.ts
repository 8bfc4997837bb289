import pLimit from 'p-limit';
import type { z } from 'zod';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import { access, errors, json, read, type Scope } from '#src/http/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { unknownVolumeList } from '../contract/volume.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

type Found = z.input<typeof unknownVolumeList>;
type Reason = Found['volumes'][number]['why'];

/** How many nodes are asked at a time. */
const AT_ONCE = 16;

export function unknownVolumes(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/unknown-volumes',
    {
      config: access.admin(SERVICES_SURFACE),
      schema: {
        tags: ['volumes'],
        operationId: 'services_listUnknownVolumes',
        summary: 'List volumes that the log does not know',
        description:
          'Extension. Asks the nodes that are up for the volumes that Muster has created there, and returns those that no service can use: after a restore, or when a node has a new id. At most 1000 volumes of each node are compared.',
        response: { 200: json('The volumes', unknownVolumeList), ...errors() },
      },
    },
    async () => {
      const limit = pLimit(AT_ONCE);
      const found: Found = { volumes: [], unreachable: [] };
      for await (const page of surface.parts.readModels.list(nodes.name)) {
        const up = page.map((stored) => read<NodeDocument>(stored)).filter(({ down }) => !down);
        for (const { volumes, unreachable } of await limit.map(up, (node) => ofNode(surface, node))) {
          found.volumes.push(...volumes);
          found.unreachable.push(...unreachable);
        }
      }
      return found;
    },
  );
}

async function ofNode({ parts }: ServicesSurface, { nodeId }: NodeDocument): Promise<Found> {
  const { agentChannel, readModels } = parts;
  const outcome = await agentChannel.usage(await agentAddressOf(readModels, nodeId));
  if (outcome.kind !== 'found' || outcome.usage.volumes === undefined)
    return { volumes: [], unreachable: [nodeId] };
  const volumes: Found['volumes'] = [];
  for (const { name: id, node_id: made_by } of outcome.usage.volumes) {
    const stored = await readModels.get(volumeModel.name, id);
    const why =
      stored === undefined
        ? 'not_recorded'
        : await whyUnused(readModels, read<VolumeDocument>(stored), { nodeId, made_by });
    if (why !== undefined) volumes.push({ id, node_id: nodeId, made_by, why });
  }
  return { volumes, unreachable: [] };
}

/** Two agents on one Docker daemon each list the volumes of both, so one that its own node has, and can mount, is left out. */
async function whyUnused(
  readModels: ServicesSurface['parts']['readModels'],
  { node }: VolumeDocument,
  { nodeId, made_by }: { readonly nodeId: string; readonly made_by: string },
): Promise<Reason | undefined> {
  if (node === null) return 'not_placed';
  if (made_by === nodeId) return node === nodeId ? undefined : 'elsewhere';
  const maker = node === made_by ? await readModels.get(nodes.name, made_by) : undefined;
  return maker === undefined || read<NodeDocument>(maker).down ? 'other_node_id' : undefined;
}
