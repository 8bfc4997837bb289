import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { epochOf, type Fields } from '#agents/platform/transport/nats/message.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import {
  AGENT_PROTOCOL_HEADER,
  DIGEST_HEADER,
  EPOCH_HEADER,
  LOG_HEADER,
  MESSAGE_KEY_HEADER,
  NODE_SECRET_HEADER,
  POSITION_HEADER,
  SERVER_ENDPOINTS_HEADER,
  type MessageOf,
  type SERVER_OPERATIONS,
  type ServerNatsOperation,
  type TextBlobPage,
} from '#domain/protocol/index.js';
import { commandIdOf, digestOf } from '#src/engine/commands/index.js';
import type { NodeAccess } from '../../node-access/index.js';
import type { AgentCall, NodeAnswer, NodeCommands } from '../node-commands.js';
import type { NodeDocuments } from '../node-documents.js';
import type { AgentRequest } from './agent-requests.js';
import { desiredPageOf, documentPageOf } from './pages.js';

/** What the {@link serverOperations} need of a server. */
export interface ServerOperationParts {
  readonly link: Pick<NatsLink, 'maxPayload'>;
  readonly nodeCommands: NodeCommands;
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly ids: Ids;
  readonly access: Pick<NodeAccess, 'secretOf'>;
  /** Whether an unsealed message must contain a credential. */
  readonly demandsBearer: boolean;
}

/** The handler of each operation that agents can request over NATS. */
export type ServerOperations = {
  readonly [Name in ServerNatsOperation]: (
    request: AgentRequest,
    body: MessageOf<(typeof SERVER_OPERATIONS)[Name]>,
  ) => Promise<void>;
};

/** Bytes reserved in a message for the fields around a page. */
const ENVELOPE_BYTES = 4_096;
const PAGE_BYTES = 524_288;
const KEY = /^[\x21-\x7e]{1,128}$/;

/** Carries out the operations that agents request, with the same commands as over HTTP. */
export function serverOperations(parts: ServerOperationParts): ServerOperations {
  const { link, nodeCommands, documents, ids } = parts;
  const pageBytes = (): number => Math.min(PAGE_BYTES, link.maxPayload()) - ENVELOPE_BYTES;
  return {
    async register(request, body) {
      const context = contextOf(ids, body.node_id, request, keyOf(request));
      const answer = await nodeCommands.register(body, callOf(request), context);
      request.respond(
        200,
        { message: 'Node registered successfully' },
        {
          ...answered(answer),
          [SERVER_ENDPOINTS_HEADER]: answer.ownParts?.join(','),
          ...(await secretFor(parts, request, body.node_id)),
        },
      );
    },

    async heartbeat(request, body) {
      const call = callOf(request);
      const context = contextOf(ids, body.node_id, request, undefined);
      const answer = await nodeCommands.heartbeat(body, call, context);
      request.respond(
        200,
        { message: 'Heartbeat received' },
        { ...answered(answer), ...(call.ours ? await secretFor(parts, request, body.node_id) : {}) },
      );
    },

    async desired(request, { node_id, after }) {
      const list = await nodeCommands.desired(node_id, callOf(request));
      request.respond(200, desiredPageOf(list, after, pageBytes()), answered(list));
    },

    async document(request, { hash, after = 0 }) {
      const page = documentPageOf(await documents.read(hash), after, pageBytes());
      request.respond(200, { hash, ...page } satisfies TextBlobPage);
    },
  };
}

/** Returns the secret of a node that uses the join token. It is sent unsealed only if the join token was also sent unsealed. */
async function secretFor(
  { access, demandsBearer }: Pick<ServerOperationParts, 'access' | 'demandsBearer'>,
  { principal, sealed }: AgentRequest,
  nodeId: string,
): Promise<Fields> {
  return principal.via === 'joinToken' && (sealed || demandsBearer)
    ? { [NODE_SECRET_HEADER]: await access.secretOf(nodeId) }
    : {};
}

function keyOf({ fields }: AgentRequest): string | undefined {
  const key = fields[MESSAGE_KEY_HEADER];
  if (key !== undefined && !KEY.test(key))
    throw new MusterError('MUSTER_E_INVALID', {
      field: MESSAGE_KEY_HEADER,
      problem: 'must be 1 to 128 visible ASCII characters',
    });
  return key;
}

function contextOf(
  ids: Ids,
  nodeId: string,
  { subject, data }: AgentRequest,
  key: string | undefined,
): CommandContext {
  const actor = `node:${nodeId}`;
  const base = { correlationId: ids.uuid(), actor, surface: 'cluster' };
  if (key === undefined) {
    const commandId = ids.uuid();
    return { ...base, commandId, causationId: commandId, repeatable: false, bodyDigest: '' };
  }
  const commandId = commandIdOf({
    surface: 'cluster',
    principal: actor,
    method: 'NATS',
    path: subject,
    idempotencyKey: key,
  });
  const bodyDigest = digestOf(Buffer.from(data).toString());
  return { ...base, commandId, causationId: commandId, repeatable: true, bodyDigest };
}

function callOf({ fields, sealed }: AgentRequest): AgentCall {
  const epoch = epochOf(fields);
  return {
    ours: fields[AGENT_PROTOCOL_HEADER] !== undefined,
    channel: 'nats',
    sealed,
    ...(epoch === undefined ? {} : { epoch }),
  };
}

function answered({ epoch, digest, position, log }: Omit<NodeAnswer, 'ownParts'>): Fields {
  return {
    [EPOCH_HEADER]: String(epoch),
    [DIGEST_HEADER]: digest,
    [POSITION_HEADER]: position?.toString(),
    [LOG_HEADER]: log,
  };
}
