import { z } from 'zod';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { message } from '#domain/protocol/index.js';
import {
  access,
  errors,
  inPages,
  json,
  page,
  named,
  sendList,
  type ListItem,
  idIn,
  read,
  type Scope,
} from '#src/http/index.js';
import { downBody, drainBody, eligibilityBody, nodeAllocationList, nodeList, params } from '../contract.js';
import { recentAllocations } from '../node-allocations.js';
import { ofStreams, seesOwned, type ClusterSurface } from '../surface.js';
import { viewNode, viewNodeAllocation } from '../view.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';

const tags = ['nodes'];
const query = z.strictObject({
  status: z.enum(['ready', 'down']).optional().meta({
    title: 'NodeStatusFilter',
    description: 'Only nodes that are up (`ready`) or down (`down`)',
  }),
  ...page,
});

const removal = z.strictObject({
  force: z.enum(['true', 'false']).optional().meta({
    description: 'Whether to remove a node whose allocations have not ended. They are then lost',
  }),
});

export function nodeReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/nodes',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_listNodes',
        summary: 'List nodes',
        description:
          'Returns all nodes in order of their first registration, with their current allocations and the 50 most recent ones that ended in the last hour. To get all allocations, use `GET /nodes/{node_id}/allocations`.',
        querystring: query,
        response: { 200: json('The nodes', nodeList), ...errors() },
      },
    },
    async (request, reply) => {
      try {
        return await sendList(reply, named('nodes'), nodeItems(surface, request.query, seesOwned(request)));
      } catch (error) {
        if (isMusterError(error) && error.status === 503) throw error;
        throw new MusterError('MUSTER_E_NODES_UNREADABLE', {}, { cause: error });
      }
    },
  );

  // Also includes ended allocations that are still stored.
  scope.get(
    '/nodes/:node_id/allocations',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_listNodeAllocations',
        summary: 'List the allocations of a node',
        description:
          'Returns allocations in order of placement. Of the ended ones, only the newest ten per slot are included.',
        params: params.node,
        querystring: z.strictObject(page),
        response: { 200: json('The allocations', nodeAllocationList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const nodeId = nodeIdIn(request.params.node_id);
      const { readModels } = surface.parts;
      if ((await readModels.get(nodes.name, nodeId)) === undefined)
        throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      return await sendList(
        reply,
        named('allocations'),
        allocationItems(surface, nodeId, request.query, seesOwned(request)),
      );
    },
  );
}

export function nodeOrders(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/nodes/:node_id/drain',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_drainNode',
        summary: 'Drain a node, or stop draining it',
        description:
          'A draining node does not accept placements, and its allocations are moved to other nodes. Allocations that may not be repeated (`lost: fail`, and all runs of tasks) can first end by themselves, until the deadline.',
        params: params.node,
        body: drainBody,
        response: { 200: json('Node updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const nodeId = nodeIdIn(request.params.node_id);
      const { enable, deadline_seconds: deadline } = request.body;
      const { position } = await surface.parts.nodeCommands.drain(
        nodeId,
        enable,
        surface.context(request),
        deadline,
      );
      await surface.positions.written(reply, position);
      return { message: enable ? `Node ${nodeId} is draining` : `Node ${nodeId} is not draining` };
    },
  );

  scope.post(
    '/nodes/:node_id/down',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_declareNodeDown',
        summary: 'Declare a silent node down',
        description:
          'For a node that has sent no heartbeat for the node timeout, but is not marked down automatically because too many nodes are silent at the same time. Its allocations are lost and placed on other nodes. The next heartbeat marks the node up again.',
        params: params.node,
        body: downBody,
        response: { 200: json('Node updated', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const nodeId = nodeIdIn(request.params.node_id);
      const { position } = await surface.parts.nodeCommands.declareDown(
        nodeId,
        request.body.reason,
        surface.context(request),
      );
      await surface.positions.written(reply, position);
      return { message: `Node ${nodeId} is down` };
    },
  );

  scope.post(
    '/nodes/:node_id/eligibility',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_setEligibility',
        summary: 'Set whether a node accepts new placements',
        description: 'Running allocations are not affected.',
        params: params.node,
        body: eligibilityBody,
        response: { 200: json('Node updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const nodeId = nodeIdIn(request.params.node_id);
      const { eligible } = request.body;
      const { position } = await surface.parts.nodeCommands.setEligibility(
        nodeId,
        eligible,
        surface.context(request),
      );
      await surface.positions.written(reply, position);
      return { message: eligible ? `Node ${nodeId} is eligible` : `Node ${nodeId} is not eligible` };
    },
  );
}

export function nodeRemoval(scope: Scope, surface: ClusterSurface): void {
  scope.delete(
    '/nodes/:node_id',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_removeNode',
        summary: 'Remove a node that is down',
        description:
          'Extension. For a machine that is gone. The node disappears from all lists; its history is kept. If its agent starts again, it registers as a new node, without drain, eligibility, slots and tags. Returns 409 for a node that is up, and for one whose allocations have not ended.',
        params: params.node,
        querystring: removal,
        response: { 200: json('The node was removed', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const nodeId = nodeIdIn(request.params.node_id);
      const { position } = await surface.parts.nodeCommands.remove(
        nodeId,
        request.query.force === 'true',
        surface.context(request),
      );
      await surface.positions.written(reply, position);
      return { message: `Node ${nodeId} was removed` };
    },
  );
}

function nodeIdIn(path: string): string {
  return idIn(path, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
}

async function* allocationItems(
  surface: ClusterSurface,
  nodeId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit?: number | undefined },
  all: boolean,
): AsyncGenerator<ListItem> {
  const { readModels, catalog } = surface.parts;
  let count = 0;
  const options = {
    where: { index: 'node', value: nodeId },
    ...(after !== undefined && { after }),
  };
  for await (const documents of inPages(readModels, allocations.name, options, limit)) {
    for (const stored of documents) {
      const allocation = read<AllocationDocument>(stored);
      if (!all && catalog.isOwnedJob(allocation.jobId)) continue;
      if (count === limit) return;
      count += 1;
      yield { json: JSON.stringify(viewNodeAllocation(allocation)), stale: stored.parked };
    }
  }
}

async function* nodeItems(
  surface: ClusterSurface,
  { status, after, limit }: z.infer<typeof query>,
  all: boolean,
): AsyncGenerator<ListItem> {
  const { readModels, nodeCommands, clock, catalog } = surface.parts;
  let count = 0;
  const options = after === undefined ? {} : { after };
  for await (const documents of inPages(readModels, nodes.name, options, limit)) {
    for (const stored of documents) {
      const node = read<NodeDocument>(stored);
      if (status !== undefined && node.down !== (status === 'down')) continue;
      if (count === limit) return;
      count += 1;
      const allocations = [];
      const allocated: Record<string, number> = {};
      let stale = stored.parked;
      for (const each of await recentAllocations(readModels, node.nodeId, clock.now())) {
        stale ||= each.parked;
        const allocation = read<AllocationDocument>(each);
        if (allocation.released === null)
          for (const [name, amount] of Object.entries(allocation.resources))
            allocated[name] = (allocated[name] ?? 0) + amount;
        if (all || !catalog.isOwnedJob(allocation.jobId)) allocations.push(viewNodeAllocation(allocation));
      }
      yield {
        json: JSON.stringify(viewNode(node, nodeCommands.telemetry(node.nodeId), allocations, allocated)),
        stale,
      };
    }
  }
}
