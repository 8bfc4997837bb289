import { MusterError } from '#domain/kernel/errors/index.js';
import { agentMetrics, SERVER_OPERATIONS, message } from '#domain/protocol/index.js';
import {
  access,
  errors,
  json,
  idIn,
  read,
  limitPerAddress,
  type Scope,
  named,
  sendList,
  markStale,
} from '#src/http/index.js';
import { enrolBody, enrolled, nodeList, nodeParams, nodeQuery, nodeView } from '../node-contract.js';
import { NodeViews } from '../node-view.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';

const tags = ['gpu nodes'];
const metrics = agentMetrics.meta({
  id: 'NodeMetrics',
  description:
    "Metrics in the agent's format. This schema describes Muster's own agent; other agents may differ",
});

export function nodeRoutes(scope: Scope, surface: GpuSurface): void {
  const { identity, enrolments } = surface.parts;

  scope.post(
    SERVER_OPERATIONS.enrol.http.path,
    {
      config: { ...access.anyone, waits: 'models' },
      onRequest: limitPerAddress(enrolments, 'enrolments'),
      schema: {
        tags,
        operationId: 'gpu_registerNode',
        summary: 'Register a node by its hostname',
        description:
          'Returns the id of the node, which is always the same for a hostname. The id does not grant any rights: the node joins with it through `POST /register` of the cluster surface, where it must authenticate. Returns 503 if too many hostnames are registered. For each address, only the newest unused hostnames are retained (50 by default).',
        body: enrolBody,
        response: { 201: json('The id of the node', enrolled), ...errors() },
      },
    },
    async (request, reply) => {
      const { nodeId, position } = await enrolments.enrol(
        request.body.hostname,
        identity.addressDigestOf(request.clientAddress),
        surface.context(request),
      );
      await surface.written(reply, position);
      return reply.code(201).send({ id: nodeId });
    },
  );

  const views = new NodeViews(surface);

  scope.get(
    '/api/nodes',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_listNodes',
        summary: 'List nodes',
        description: 'Returns all nodes with their GPUs and assignments.',
        querystring: nodeQuery,
        response: { 200: json('The nodes', nodeList), ...errors() },
      },
    },
    (request, reply) => sendList(reply, named('nodes'), views.list(request.query)),
  );

  scope.get(
    '/api/nodes/:id',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_getNode',
        summary: 'Get a node',
        description: 'Returns one node with its GPUs and assignments.',
        params: nodeParams,
        response: { 200: json('The node', nodeView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const seen = await views.get(request.params.id);
      if (seen === undefined) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId: request.params.id });
      if (seen.stale) markStale(reply);
      return seen.view;
    },
  );

  scope.get(
    '/api/nodes/:id/status',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_getNodeStatus',
        summary: 'Get the metrics of a node',
        description:
          "Returns the response of the agent's `/api/v1/metrics` byte for byte. Returns 409 if the node is down or has not joined yet, and 502 if its agent redirects or does not return valid JSON within three seconds and 1 MiB.",
        params: nodeParams,
        response: { 200: json("The agent's metrics", metrics), ...errors(404, 409, 502) },
      },
    },
    async (request, reply) => {
      const nodeId = request.params.id;
      const { readModels, agentChannel } = surface.parts;
      const stored = await readModels.get(nodes.name, nodeId);
      if (stored === undefined)
        throw new MusterError(
          (await enrolments.hostnameOf(nodeId)) === undefined
            ? 'MUSTER_E_NODE_NOT_FOUND'
            : 'MUSTER_E_NODE_NOT_ONLINE',
          {
            nodeId,
          },
        );
      const { epoch, endpoint, down } = read<NodeDocument>(stored);
      if (down || endpoint === null) throw new MusterError('MUSTER_E_NODE_NOT_ONLINE', { nodeId });
      const answer = await agentChannel.metrics({ nodeId, epoch, endpoint });
      if (answer.kind === 'unknown')
        throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: answer.problem });
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(Buffer.from(answer.bytes) as never);
    },
  );

  scope.delete(
    '/api/nodes/:id',
    {
      config: access.admin(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_forgetNode',
        summary: 'Remove an unused hostname',
        description: 'Makes room for another hostname. Returns 409 for a node that has joined the cluster.',
        params: nodeParams,
        response: { 200: json('The hostname was removed', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      await surface.written(reply, await enrolments.forget(nodeId, surface.context(request)));
      return { message: 'The hostname was removed' };
    },
  );

  scope.delete(
    '/api/nodes/:id/secret',
    {
      config: access.admin(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_revokeNodeSecret',
        summary: "Revoke a node's secret",
        description:
          'For a machine that lost its secret, for example after a reinstallation, or whose secret was leaked. The join token becomes valid for the node again, and its next registration yields a new secret.',
        params: nodeParams,
        response: { 200: json('The secret was revoked', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      if ((await views.get(nodeId)) === undefined)
        throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      await surface.written(reply, await surface.parts.nodes.revoke(nodeId, surface.context(request)));
      return { message: 'The secret was revoked: the node can join with the join token' };
    },
  );
}
