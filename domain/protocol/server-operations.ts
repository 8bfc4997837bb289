import { z } from 'zod';
import { AGENT_OPERATIONS } from './agent-operations.js';
import type { NodeChannel } from './channels.js';
import { heartbeat, heartbeatOverNats } from './heartbeat.js';
import { desiredPage, desiredRequest, message, messageAnswer } from './message.js';
import { pathOf, type AgentOperation, type OverHttp, type OverNats } from './operation.js';
import { desiredAllocations } from './order.js';
import { registration } from './register.js';
import { textBlob, textBlobPage, textBlobRequest } from './text-blob.js';

const nodeId = z.string().meta({ description: 'Node id' });
const NODE = '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001';

/** Requests that an agent can send to servers, over HTTP to the cluster surface, or over NATS. Each names the node. */
export const SERVER_OPERATIONS = {
  register: {
    http: {
      method: 'POST',
      path: '/register',
      document: {
        operationId: 'cluster_registerNode',
        summary: 'Register a node',
        description:
          'Starts a new epoch for the node; reports from older epochs are refused. Additional non-negative numbers in `resources` become resources that tasks can request. For each address, only the newest silent nodes that never ran anything are retained (50 by default).',
        body: registration.meta({
          id: 'Registration',
          description: 'A node and the address of its agent',
          examples: [
            {
              node_id: NODE,
              ip_address: '10.0.0.5',
              resources: { cpu: 4000, memory: 8192 },
              healthy: true,
              endpoint: 'http://10.0.0.5:9000',
            },
          ],
        }),
        answer: { description: 'Node registered', schema: message },
        errors: [409],
      },
    },
    nats: { channel: 'register', message: registration, answer: messageAnswer, answerName: 'Taken' },
  },
  heartbeat: {
    http: {
      method: 'POST',
      path: '/heartbeat',
      document: {
        operationId: 'cluster_heartbeat',
        summary: 'Send a heartbeat with allocation reports',
        description:
          "A node that sends no heartbeat for the node timeout is marked down. Unknown statuses are ignored and listed in the node's `unknown_statuses`. Terminal statuses are final.",
        body: heartbeat.meta({
          id: 'Heartbeat',
          description: 'A report from an agent. Without `allocations`, nothing is reported about them',
          examples: [
            {
              node_id: NODE,
              resources: { cpu: 4000, memory: 8192, cpu_used: 500, memory_used: 256 },
              healthy: true,
              timestamp: 1763625600.25,
              allocations: {},
            },
          ],
        }),
        answer: { description: 'Heartbeat accepted', schema: message },
        errors: [409],
      },
    },
    nats: { channel: 'heartbeat', message: heartbeatOverNats, answer: messageAnswer, answerName: 'Taken' },
  },
  desired: {
    http: {
      method: 'GET',
      path: '/nodes/:node_id/desired',
      document: {
        operationId: 'cluster_getDesired',
        summary: 'Get the desired allocations of a node',
        description:
          "For Muster's agents, which request it when the digest in a response differs from their own.",
        params: z.object({ node_id: nodeId }),
        answer: {
          description: 'The desired allocations',
          schema: desiredAllocations.meta({
            id: 'DesiredAllocations',
            description: 'All allocations that the node should run in its current epoch',
          }),
        },
        errors: [404, 409],
      },
    },
    nats: { channel: 'desired', message: desiredRequest, answer: desiredPage, answerName: 'DesiredPage' },
  },
  document: {
    http: {
      method: 'GET',
      path: '/nodes/:node_id/documents/:hash',
      document: {
        operationId: 'cluster_getDocument',
        summary: 'Fetch a stored text for nodes',
        description:
          "For Muster's agents. A text that many orders share is not repeated in each order. A hash always identifies the same text.",
        params: z.object({
          node_id: nodeId,
          hash: z.string().meta({ description: 'Hexadecimal SHA-256 of the text' }),
        }),
        answer: {
          description: 'The text',
          schema: textBlob.meta({
            id: 'KeptDocument',
            description: 'A stored text for nodes, and the SHA-256 of its UTF-8 bytes',
          }),
        },
        errors: [404],
      },
    },
    nats: { channel: 'document', message: textBlobRequest, answer: textBlobPage, answerName: 'DocumentPage' },
  },
  /** Served and documented by the GPU surface. An agent without an id requests one, before it registers. */
  enrol: { http: { method: 'POST', path: '/api/nodes/register' } },
} as const satisfies Readonly<Record<string, AgentOperation>>;

type Operations = typeof SERVER_OPERATIONS;
export type ServerNatsOperation = OverNats<Operations>;

export function serverPath(name: OverHttp<Operations>, params?: Readonly<Record<string, unknown>>): string {
  return pathOf(SERVER_OPERATIONS[name].http, params);
}

/** Returns the names of the answers to the requests of a channel, in the AsyncAPI description. */
export function answerNames(channel: NodeChannel): string[] {
  const operations: AgentOperation[] = [
    ...Object.values(SERVER_OPERATIONS),
    ...Object.values(AGENT_OPERATIONS),
  ];
  const names = operations.flatMap(({ nats }) => (nats?.channel === channel ? [nats.answerName] : []));
  return [...new Set(names)];
}
