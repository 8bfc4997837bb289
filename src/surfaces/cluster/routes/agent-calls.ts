import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkEndpoint } from '#agents/platform/transport/endpoint.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  AGENT_PROTOCOL_HEADER,
  ASK_ENDPOINTS_HEADER,
  DIGEST_HEADER,
  EPOCH_HEADER,
  EPOCH_PATTERN,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  desiredAllocations,
  heartbeat,
  textBlob,
  registration,
} from '#domain/protocol/index.js';
import { PARTS_TOLD, type AgentCall, type NodeAnswer } from '#src/fleet/nodes/index.js';
import { access, errors, json, message, idIn, type Scope } from '#src/surfaces/kit/index.js';
import { params } from '../contract.js';
import type { ClusterSurface } from '../surface.js';

const tags = ['agents'];
const EPOCH = new RegExp(EPOCH_PATTERN);

const registerBody = registration.meta({
  id: 'Registration',
  description: 'A node and the address of its agent',
  examples: [
    {
      node_id: '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001',
      ip_address: '10.0.0.5',
      resources: { cpu: 4000, memory: 8192 },
      healthy: true,
      endpoint: 'http://10.0.0.5:9000',
    },
  ],
});
const heartbeatBody = heartbeat.meta({
  id: 'Heartbeat',
  description: 'A report from an agent. Without `allocations`, nothing is reported about them',
  examples: [
    {
      node_id: '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001',
      resources: { cpu: 4000, memory: 8192, cpu_used: 500, memory_used: 256 },
      healthy: true,
      timestamp: 1763625600.25,
      allocations: {},
    },
  ],
});
const desiredView = desiredAllocations.meta({
  id: 'DesiredAllocations',
  description: 'All allocations that the node should run in its current epoch',
});

const documentView = textBlob.meta({
  id: 'KeptDocument',
  description: 'A stored text for nodes, and the SHA-256 of its UTF-8 bytes',
});

export function agentCalls(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/register',
    {
      config: { ...access.node, epochs: true },
      schema: {
        tags,
        operationId: 'cluster_registerNode',
        summary: 'Register a node',
        description:
          'Starts a new epoch for the node; reports from older epochs are refused. Additional non-negative numbers in `resources` become resources that tasks can request. For each address, only the newest silent nodes that never ran anything are retained (50 by default).',
        body: registerBody,
        response: { 200: json('Node registered', message), ...errors() },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (typeof body.endpoint === 'string') {
        const problem = checkEndpoint(body.endpoint);
        if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'endpoint', problem });
      }
      await authorize(surface, request, body.node_id);
      const call = { ...callOf(request), ...originOf(surface, request) };
      const parts = surface.parts.nodeCommands.partsAsked(call);
      if (parts !== undefined) {
        reply.header(SERVER_ENDPOINTS_HEADER, parts.join(','));
        return { message: PARTS_TOLD };
      }
      const context = surface.context(request, `node:${body.node_id}`);
      const answer = await surface.parts.nodeCommands.register(body, call, context);
      await giveSecret(surface, request, reply, body.node_id);
      if (answer.ownParts !== undefined) reply.header(SERVER_ENDPOINTS_HEADER, answer.ownParts.join(','));
      await answered(surface, reply, answer);
      return { message: 'Node registered successfully' };
    },
  );

  scope.post(
    '/heartbeat',
    {
      config: { ...access.node, keyless: true, epochs: true },
      schema: {
        tags,
        operationId: 'cluster_heartbeat',
        summary: 'Send a heartbeat with allocation reports',
        description:
          "A node that sends no heartbeat for the node timeout is marked down. Unknown statuses are ignored and listed in the node's `unknown_statuses`. Terminal statuses are final.",
        body: heartbeatBody,
        response: { 200: json('Heartbeat accepted', message), ...errors(409) },
      },
    },
    async (request, reply) => {
      await authorize(surface, request, request.body.node_id);
      const context = surface.context(request, `node:${request.body.node_id}`);
      const answer = await surface.parts.nodeCommands.heartbeat(request.body, callOf(request), context);
      if (callOf(request).ours) await giveSecret(surface, request, reply, request.body.node_id);
      headers(reply, answer);
      if (answer.position !== undefined) reply.header('x-muster-position', answer.position.toString());
      return { message: 'Heartbeat received' };
    },
  );

  scope.get(
    '/nodes/:node_id/desired',
    {
      config: { ...access.node, epochs: true },
      schema: {
        tags,
        operationId: 'cluster_getDesired',
        summary: 'Get the desired allocations of a node',
        description:
          "For Muster's agents, which request it when the digest in a response differs from their own.",
        params: params.node,
        response: { 200: json('The desired allocations', desiredView), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.node_id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      await authorize(surface, request, nodeId);
      const desired = await surface.parts.nodeCommands.desired(nodeId, callOf(request));
      headers(reply, desired);
      return desired;
    },
  );

  scope.get(
    '/nodes/:node_id/documents/:hash',
    {
      config: access.node,
      schema: {
        tags,
        operationId: 'cluster_getDocument',
        summary: 'Fetch a stored text for nodes',
        description:
          "For Muster's agents. A text that many orders share is not repeated in each order. A hash always identifies the same text.",
        params: params.document,
        response: { 200: json('The text', documentView), ...errors(404) },
      },
    },
    async (request) => {
      await authorize(
        surface,
        request,
        idIn(request.params.node_id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' }),
      );
      const { hash } = request.params;
      return { hash, text: await surface.parts.documents.read(hash) };
    },
  );
}

async function authorize(
  surface: ClusterSurface,
  { principal }: FastifyRequest,
  nodeId: string,
): Promise<void> {
  if (principal.kind === 'node') await surface.parts.identity.nodes.authorize(principal, nodeId);
}

async function giveSecret(
  surface: ClusterSurface,
  { principal }: FastifyRequest,
  reply: FastifyReply,
  nodeId: string,
): Promise<void> {
  if (principal.kind === 'node' && principal.via === 'joinToken')
    reply.header(NODE_SECRET_HEADER, await surface.parts.identity.nodes.secretOf(nodeId));
}

function originOf(
  { parts }: ClusterSurface,
  { principal, clientAddress }: FastifyRequest,
): Pick<AgentCall, 'from'> {
  return principal.kind === 'node' ? { from: parts.identity.addressDigestOf(clientAddress) } : {};
}

function callOf(request: FastifyRequest): AgentCall {
  const ours = request.headers[AGENT_PROTOCOL_HEADER] !== undefined;
  const asksParts = request.headers[ASK_ENDPOINTS_HEADER] !== undefined;
  const epoch = request.headers[EPOCH_HEADER];
  if (epoch === undefined) return { ours, asksParts };
  if (typeof epoch !== 'string' || !EPOCH.test(epoch)) {
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'X-Muster-Epoch',
      problem: 'must be a positive whole number',
    });
  }
  return { ours, asksParts, epoch: Number(epoch) };
}

async function answered(surface: ClusterSurface, reply: FastifyReply, answer: NodeAnswer): Promise<void> {
  headers(reply, answer);
  await surface.positions.written(reply, answer.position);
}

function headers(reply: FastifyReply, { epoch, digest }: Pick<NodeAnswer, 'epoch' | 'digest'>): void {
  reply.header(EPOCH_HEADER, String(epoch)).header(DIGEST_HEADER, digest);
}
