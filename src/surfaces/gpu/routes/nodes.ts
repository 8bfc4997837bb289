import { MusterError } from '#domain/errors/index.js';
import { agentMetrics } from '#domain/protocol/index.js';
import {
  access,
  errors,
  json,
  message,
  ignoreBodies,
  takeJson,
  idIn,
  read,
  perAddress,
  type Scope,
  named,
  sendList,
  markStale,
} from '#src/surfaces/kit/index.js';
import { enrolBody, enrolled, nodeList, nodeParams, nodeQuery, nodeView } from '../node-contract.js';
import { NodeViews } from '../node-view.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { nodes, type NodeDocument } from '#projections/nodes.js';

const tags = ['gpu nodes'];
const metrics = agentMetrics.meta({ id: 'NodeMetrics', description: "How a node is, as its agent says: Muster's says this, another may say something else" });

export function nodeBodies(scope: Scope, surface: GpuSurface): void {
  takeJson(scope, surface.limits.jsonDepth);
  const { identity } = surface.parts;

  scope.post(
    '/api/nodes/register',
    {
      config: access.anyone,
      onRequest: perAddress(identity, 'enrolments'),
      schema: {
        tags,
        operationId: 'gpu_registerNode',
        summary: 'Register a node by its hostname',
        description:
          'Answers with the id of the node: the same again for the same hostname. It gives no right to anything: with that id the node joins by `POST /register` of the cluster surface, which is where it proves who it is. 503 where too many hostnames are known. Of the hostnames of one address with which no node joined the newest are kept (50, where nothing else is set).',
        body: enrolBody,
        response: { 201: json('The id of the node', enrolled), ...errors(400, 422, 429) },
      },
    },
    async (request, reply) => {
      const { nodeId, position } = await identity.enrolments.enrol(
        request.body.hostname,
        identity.addressDigestOf(request.clientAddress),
        surface.context(request),
      );
      await surface.written(reply, position);
      return reply.code(201).send({ id: nodeId });
    },
  );
}

export function nodeReads(scope: Scope, surface: GpuSurface): void {
  ignoreBodies(scope);
  const views = new NodeViews(surface);

  scope.get(
    '/api/nodes',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_listNodes',
        summary: 'List nodes',
        description: 'Every node, with the GPUs that it has and those that are given to somebody.',
        querystring: nodeQuery,
        response: { 200: json('The nodes', nodeList), ...errors(400, 401) },
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
        description: 'One node, with the GPUs that it has and those that are given to somebody.',
        params: nodeParams,
        response: { 200: json('The node', nodeView), ...errors(401, 404) },
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
        summary: 'Get how a node is now',
        description:
          "What the `/api/v1/metrics` of the node's agent answers, byte by byte. 409 where the node is not heard, or has not joined yet; 502 where its agent answers no JSON within three seconds, more than 1 MiB, or elsewhere.",
        params: nodeParams,
        response: { 200: json('What the agent says', metrics), ...errors(401, 404, 409, 502) },
      },
    },
    async (request, reply) => {
      const nodeId = request.params.id;
      const { readModels, agentChannel, identity } = surface.parts;
      const stored = await readModels.get(nodes.name, nodeId);
      if (stored === undefined)
        throw new MusterError((await identity.enrolments.hostnameOf(nodeId)) === undefined ? 'MUSTER_E_NODE_NOT_FOUND' : 'MUSTER_E_NODE_NOT_ONLINE', {
          nodeId,
        });
      const { epoch, endpoint, down } = read<NodeDocument>(stored);
      if (down || endpoint === null) throw new MusterError('MUSTER_E_NODE_NOT_ONLINE', { nodeId });
      const answer = await agentChannel.metrics({ nodeId, epoch, endpoint });
      if (answer.kind === 'unknown') throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: answer.problem });
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(Buffer.from(answer.bytes) as never);
    },
  );
}

export function nodeOrders(scope: Scope, surface: GpuSurface): void {
  ignoreBodies(scope);
  const views = new NodeViews(surface);

  scope.delete(
    '/api/nodes/:id',
    {
      config: access.admin(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_forgetNode',
        summary: 'Forget a hostname that nothing came of',
        description: 'Its place is free for another. 409 for a node that has joined the cluster.',
        params: nodeParams,
        response: { 200: json('It is forgotten', message), ...errors(401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      await surface.written(reply, await surface.parts.identity.enrolments.forget(nodeId, surface.context(request)));
      return { message: 'The hostname is forgotten' };
    },
  );

  scope.delete(
    '/api/nodes/:id/secret',
    {
      config: access.admin(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_revokeNodeSecret',
        summary: "Take a node's secret back",
        description:
          'For a machine that lost it, as one that was set up anew under its old hostname, or whose secret others know: the join token is good for the node again, and its next registration gives it another secret.',
        params: nodeParams,
        response: { 200: json('It is taken back', message), ...errors(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      if ((await views.get(nodeId)) === undefined) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      await surface.written(reply, await surface.parts.identity.nodes.revoke(nodeId, surface.context(request)));
      return { message: 'The secret is taken back: the node joins with the join token' };
    },
  );
}
