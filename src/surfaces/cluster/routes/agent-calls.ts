import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkEndpoint } from '#agents/platform/transport/endpoint.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  AGENT_PROTOCOL_HEADER,
  BEARER_PROTOCOL_VERSION,
  DIGEST_HEADER,
  EPOCH_HEADER,
  EPOCH_PATTERN,
  LOG_HEADER,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  SERVER_OPERATIONS,
} from '#domain/protocol/index.js';
import type { AgentCall, NodeAnswer } from '#src/fleet/nodes/index.js';
import { access, idIn, routeSchema, type Scope } from '#src/http/index.js';
import type { ClusterSurface } from '../surface.js';

const tags = ['agents'];
const EPOCH = new RegExp(EPOCH_PATTERN);

const { register, heartbeat, desired, document } = SERVER_OPERATIONS;

export function agentCalls(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    register.http.path,
    {
      config: { ...access.node, epochs: true },
      schema: { tags, ...routeSchema(register.http.document) },
    },
    async (request, reply) => {
      const { body } = request;
      if (typeof body.endpoint === 'string') {
        const problem = checkEndpoint(body.endpoint);
        if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'endpoint', problem });
      }
      await authorize(surface, request, body.node_id);
      const call = { ...callOf(request), ...originOf(surface, request) };
      const context = surface.context(request, `node:${body.node_id}`);
      const answer = await surface.parts.nodeCommands.register(body, call, context);
      await giveSecret(surface, request, reply, body.node_id);
      if (answer.ownParts !== undefined) reply.header(SERVER_ENDPOINTS_HEADER, answer.ownParts.join(','));
      await answered(surface, reply, answer);
      return { message: 'Node registered successfully' };
    },
  );

  scope.post(
    heartbeat.http.path,
    {
      config: { ...access.node, keyless: true, epochs: true },
      schema: { tags, ...routeSchema(heartbeat.http.document) },
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
    desired.http.path,
    {
      config: { ...access.node, epochs: true },
      schema: { tags, ...routeSchema(desired.http.document) },
    },
    async (request, reply) => {
      const nodeId = idIn(request.params.node_id, 'MUSTER_E_NODE_NOT_FOUND', { nodeId: '' });
      await authorize(surface, request, nodeId);
      const list = await surface.parts.nodeCommands.desired(nodeId, callOf(request));
      headers(reply, list);
      return list;
    },
  );

  scope.get(
    document.http.path,
    {
      config: access.node,
      schema: { tags, ...routeSchema(document.http.document) },
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
  if (principal.kind === 'node') await surface.parts.nodes.authorize(principal, nodeId);
}

async function giveSecret(
  surface: ClusterSurface,
  { principal }: FastifyRequest,
  reply: FastifyReply,
  nodeId: string,
): Promise<void> {
  if (principal.kind === 'node' && principal.via === 'joinToken')
    reply.header(NODE_SECRET_HEADER, await surface.parts.nodes.secretOf(nodeId));
}

function originOf(
  { parts }: ClusterSurface,
  { principal, clientAddress }: FastifyRequest,
): Pick<AgentCall, 'from'> {
  return principal.kind === 'node' ? { from: parts.identity.addressDigestOf(clientAddress) } : {};
}

function callOf(request: FastifyRequest): AgentCall {
  const version = request.headers[AGENT_PROTOCOL_HEADER];
  const ours = version !== undefined;
  const expectsProofs = ours && version !== BEARER_PROTOCOL_VERSION && request.provenAgent !== undefined;
  const epoch = request.headers[EPOCH_HEADER];
  if (epoch === undefined) return { ours, expectsProofs };
  if (typeof epoch !== 'string' || !EPOCH.test(epoch)) {
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'X-Muster-Epoch',
      problem: 'must be a positive whole number',
    });
  }
  return { ours, expectsProofs, epoch: Number(epoch) };
}

async function answered(surface: ClusterSurface, reply: FastifyReply, answer: NodeAnswer): Promise<void> {
  headers(reply, answer);
  await surface.positions.written(reply, answer.position);
}

function headers(
  reply: FastifyReply,
  { epoch, digest, log }: Pick<NodeAnswer, 'epoch' | 'digest' | 'log'>,
): void {
  reply.header(EPOCH_HEADER, String(epoch)).header(DIGEST_HEADER, digest);
  if (log !== undefined) reply.header(LOG_HEADER, log);
}
