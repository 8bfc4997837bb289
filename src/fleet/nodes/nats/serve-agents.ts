import type { Msg } from 'nats';
import type { Logger } from 'pino';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import {
  epochOf,
  errorAnswerOf,
  fieldsOf,
  parseMessage,
  respond,
  respondError,
  type Fields,
} from '#agents/platform/transport/nats/message.js';
import { RequestOpener, type OpenedRequest } from '#agents/platform/transport/nats/sealed-channel.js';
import { keysOfSecrets, SEALED_HEADER, type ChannelKey } from '#agents/platform/transport/sealed-message.js';
import { idOfToken, SERVER_SUBJECTS, SERVERS_QUEUE } from '#agents/platform/transport/nats/subjects.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import {
  AGENT_PROTOCOL_HEADER,
  CHALLENGE_HEADER,
  DIGEST_HEADER,
  EPOCH_HEADER,
  LOG_HEADER,
  MESSAGE_KEY_HEADER,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  SERVER_OPERATIONS,
  POSITION_HEADER,
  type AllocationOrder,
  type DesiredPage,
  type MessageOf,
  type ServerNatsOperation,
  type TextBlobPage,
} from '#domain/protocol/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { NodePrincipal } from '#src/accounts/index.js';
import { commandIdOf, digestOf } from '#src/engine/commands/index.js';
import type { NamedCredential, NodeAccess } from '../../node-access/index.js';
import type { AgentCall, NodeAnswer, NodeCommands } from '../node-commands.js';
import type { NodeDocuments } from '../node-documents.js';
import { documentPageOf } from './document-page.js';

export interface ServeAgentsOptions {
  readonly link: NatsLink;
  readonly nodeCommands: NodeCommands;
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly access: NodeAccess;
  /** Whether an unsealed message must contain a credential. Otherwise, access to NATS is enough. */
  readonly demandsBearer: boolean;
  readonly atOnce?: number;
}

export interface ServedAgents {
  atWork(): number;
  stop(): Promise<void>;
}

interface AgentRequest extends OpenedRequest {
  readonly principal: NodePrincipal;
  readonly sealed: boolean;
}

type Work = (request: AgentRequest, nodeId: string) => Promise<void>;

type Handlers = {
  readonly [Name in ServerNatsOperation]: (
    request: AgentRequest,
    body: MessageOf<(typeof SERVER_OPERATIONS)[Name]>,
  ) => Promise<void>;
};

const REMEMBERED_KEYS = 10_000;
/** Bytes reserved in a message for the fields around a page. */
const ENVELOPE_BYTES = 4_096;
const PAGE_BYTES = 524_288;
const KEY = /^[\x21-\x7e]{1,128}$/;

/** Serves agents' requests over NATS with the same commands and errors as over HTTP. Each message is handled by exactly one server. */
export function serveAgentsOverNats({
  link,
  nodeCommands,
  documents,
  ids,
  logger,
  access,
  demandsBearer,
  atOnce = 1024,
}: ServeAgentsOptions): ServedAgents {
  const working = new Set<Promise<void>>();
  const opener = new RequestOpener(() => ({ [CHALLENGE_HEADER]: access.challenges.issue() }));
  const keyOf = keysOfSecrets(REMEMBERED_KEYS);

  const receive =
    (work: Work) =>
    (message: Msg): void => {
      if (working.size >= atOnce)
        return respondError(
          message,
          new MusterError('MUSTER_E_OVERLOADED', { what: `${atOnce} messages are in progress` }),
        );
      const done = async (): Promise<void> => {
        if (fieldsOf(message)[SEALED_HEADER] === undefined) return await receiveOpen(message, work);
        let credential: NamedCredential | undefined;
        const findKey = (name: string): ChannelKey => {
          credential = access.credentialNamed(name);
          if (credential === undefined)
            throw unauthorized('the message must be sealed with the join token or with the secret of a node');
          return keyOf(credential.secret);
        };
        const defect = await opener.receive(message, findKey, async (request) => {
          if (credential === undefined) return;
          const nodeId = nodeOf(message);
          refuseStale(request);
          await access.authorize(credential.principal, nodeId);
          await work({ ...request, principal: credential.principal, sealed: true }, nodeId);
        });
        if (defect !== undefined)
          logger.error({ code: 'nats.agents.failed', subject: message.subject, err: defect });
      };
      const one = done().finally(() => working.delete(one));
      working.add(one);
    };

  /** Refuses a message that was recorded earlier. Third-party agents do not answer challenges. */
  function refuseStale({ fields }: OpenedRequest): void {
    const { [CHALLENGE_HEADER]: challenge } = fields;
    if (challenge !== undefined && !access.challenges.isFresh(challenge))
      throw new MusterError('MUSTER_E_CHALLENGE');
  }

  /** Handles unsealed messages, which third-party agents may send. As over HTTP, they contain a credential if required. The response is unsealed. */
  async function receiveOpen(message: Msg, work: Work): Promise<void> {
    const { subject, data } = message;
    try {
      const nodeId = nodeOf(message);
      const fields = fieldsOf(message);
      const principal = principalIn(fields);
      await access.authorize(principal, nodeId);
      await work(
        {
          subject,
          fields,
          data,
          principal,
          sealed: false,
          respond: (status, body, more) => respond(message, status, body, more),
        },
        nodeId,
      );
    } catch (error) {
      respondError(message, error);
      if (errorAnswerOf(error).isDefect) logger.error({ code: 'nats.agents.failed', subject, err: error });
    }
  }

  function principalIn({ authorization }: Fields): NodePrincipal {
    if (authorization === undefined && !demandsBearer) return { kind: 'node', via: 'joinToken' };
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    const principal = access.identify(bearer);
    if (principal === undefined)
      throw unauthorized(
        'an unsealed message must contain the join token or the secret of its node as a bearer token',
      );
    return principal;
  }

  /** Returns the secret of a node that uses the join token. It is sent unsealed only if the join token was also sent unsealed. */
  async function secretFor({ principal, sealed }: AgentRequest, nodeId: string): Promise<Fields> {
    return principal.via === 'joinToken' && (sealed || demandsBearer)
      ? { [NODE_SECRET_HEADER]: await access.secretOf(nodeId) }
      : {};
  }

  const pageBytes = (): number => Math.min(PAGE_BYTES, link.maxPayload()) - ENVELOPE_BYTES;

  function contextOf(nodeId: string, message: AgentRequest, key: string | undefined): CommandContext {
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
      path: message.subject,
      idempotencyKey: key,
    });
    return {
      ...base,
      commandId,
      causationId: commandId,
      repeatable: true,
      bodyDigest: digestOf(Buffer.from(message.data).toString()),
    };
  }

  const handlers: Handlers = {
    async register(message, body) {
      const { fields } = message;
      const key = fields[MESSAGE_KEY_HEADER];
      if (key !== undefined && !KEY.test(key))
        throw new MusterError('MUSTER_E_INVALID', {
          field: MESSAGE_KEY_HEADER,
          problem: 'must be 1 to 128 visible ASCII characters',
        });
      const context = contextOf(body.node_id, message, key);
      const answer = await nodeCommands.register(body, callOf(message), context);
      message.respond(
        200,
        { message: 'Node registered successfully' },
        {
          ...answered(answer),
          [SERVER_ENDPOINTS_HEADER]: answer.ownParts?.join(','),
          ...(await secretFor(message, body.node_id)),
        },
      );
    },

    async heartbeat(message, body) {
      const call = callOf(message);
      const answer = await nodeCommands.heartbeat(body, call, contextOf(body.node_id, message, undefined));
      message.respond(
        200,
        { message: 'Heartbeat received' },
        { ...answered(answer), ...(call.ours ? await secretFor(message, body.node_id) : {}) },
      );
    },

    async desired(message, { node_id, after }) {
      const { kept = [], ...rest } = await nodeCommands.desired(node_id, callOf(message));
      const bytes = pageBytes() - Buffer.byteLength(JSON.stringify(kept));
      const page = pageOf(rest.allocations, after, bytes);
      const answer: DesiredPage = { ...rest, ...page, ...(!page.more && kept.length > 0 && { kept }) };
      message.respond(200, answer, answered(rest));
    },

    async document(message, { hash, after = 0 }) {
      const page = documentPageOf(await documents.read(hash), after, pageBytes());
      message.respond(200, { hash, ...page } satisfies TextBlobPage);
    },
  };
  const serve = <Name extends ServerNatsOperation>(name: Name) => {
    const { channel, message } = SERVER_OPERATIONS[name].nats;
    return link.subscribe(
      SERVER_SUBJECTS[channel],
      SERVERS_QUEUE,
      receive(async (request, nodeId) => {
        const body = parseMessage(request, message) as MessageOf<(typeof SERVER_OPERATIONS)[Name]>;
        sameNode(nodeId, body.node_id);
        await handlers[name](request, body);
      }),
    );
  };
  const subscriptions = (Object.keys(handlers) as ServerNatsOperation[]).map(serve);
  return {
    atWork: () => working.size,
    async stop() {
      for (const subscription of subscriptions) subscription.end();
      while (working.size > 0) await Promise.all(working);
    },
  };
}

function unauthorized(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}

/** NATS can restrict who publishes on a subject, so the node id in the message must match the subject. */
function nodeOf(message: Msg): string {
  const nodeId = idOfToken(message.subject.split('.').at(-1));
  if (nodeId === undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'subject',
      problem: 'must end with the node id in base64url',
    });
  return nodeId;
}

function sameNode(ofSubject: string, ofBody: string): void {
  if (ofSubject !== ofBody)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'node_id',
      problem: 'must match the node id in the subject',
    });
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

function pageOf(
  all: readonly AllocationOrder[],
  after: string | undefined,
  bytes: number,
): Pick<DesiredPage, 'allocations' | 'more'> {
  const rest = all
    .filter((order) => after === undefined || order.allocation_id > after)
    .sort((left, right) => (left.allocation_id < right.allocation_id ? -1 : 1));
  let size = 0;
  let count = 0;
  for (const order of rest) {
    size += Buffer.byteLength(JSON.stringify(order)) + 1;
    if (size > bytes && count > 0) break;
    count += 1;
  }
  return { allocations: rest.slice(0, count), more: count < rest.length };
}
