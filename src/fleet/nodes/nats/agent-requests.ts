import type { Msg } from 'nats';
import type { Logger } from 'pino';
import {
  errorAnswerOf,
  fieldsOf,
  respond,
  respondError,
  type Fields,
} from '#agents/platform/transport/nats/message.js';
import { RequestOpener, type OpenedRequest } from '#agents/platform/transport/nats/sealed-channel.js';
import { idOfToken } from '#agents/platform/transport/nats/subjects.js';
import { keysOfSecrets, SEALED_HEADER, type ChannelKey } from '#agents/platform/transport/sealed-message.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { CHALLENGE_HEADER } from '#domain/protocol/index.js';
import { unauthorized, type NodePrincipal } from '#src/accounts/index.js';
import type { NamedCredential, NodeAccess } from '../../node-access/index.js';

/** What {@link AgentRequests} need of a server. */
export interface AgentRequestParts {
  readonly access: NodeAccess;
  /** Whether an unsealed message must contain a credential. Otherwise, access to NATS is enough. */
  readonly demandsBearer: boolean;
  readonly logger: Pick<Logger, 'error'>;
}

/** A request whose sender may act as the node. */
export interface AgentRequest extends OpenedRequest {
  readonly principal: NodePrincipal;
  readonly sealed: boolean;
}

/** Handles a request of a node, and responds to it. */
export type RequestHandler = (request: AgentRequest, nodeId: string) => Promise<void>;

const REMEMBERED_KEYS = 10_000;

/** Opens the messages of agents, and authorizes their senders as the node in the subject. */
export class AgentRequests {
  readonly #opener: RequestOpener;
  readonly #keyOf = keysOfSecrets(REMEMBERED_KEYS);

  constructor(private readonly parts: AgentRequestParts) {
    this.#opener = new RequestOpener(() => ({ [CHALLENGE_HEADER]: parts.access.challenges.issue() }));
  }

  /** Passes the request in the message to `handle`, or responds that it is refused. Never rejects. */
  async receive(message: Msg, handle: RequestHandler): Promise<void> {
    const isSealed = fieldsOf(message)[SEALED_HEADER] !== undefined;
    const defect = await (isSealed
      ? this.#receiveSealed(message, handle)
      : this.#receiveUnsealed(message, handle));
    if (defect !== undefined)
      this.parts.logger.error({ code: 'nats.agents.failed', subject: message.subject, err: defect });
  }

  async #receiveSealed(message: Msg, handle: RequestHandler): Promise<unknown> {
    const { access } = this.parts;
    let credential: NamedCredential | undefined;
    const findKey = (name: string): ChannelKey => {
      credential = access.credentialNamed(name);
      if (credential === undefined)
        throw unauthorized('the message must be sealed with the join token or with the secret of a node');
      return this.#keyOf(credential.secret);
    };
    return await this.#opener.receive(message, findKey, async (request) => {
      if (credential === undefined) return;
      const { principal } = credential;
      const nodeId = nodeOf(message);
      // Refuses a message that was recorded earlier. Third-party agents do not answer challenges.
      const { [CHALLENGE_HEADER]: challenge } = request.fields;
      if (challenge !== undefined && !access.challenges.isFresh(challenge))
        throw new MusterError('MUSTER_E_CHALLENGE');
      await access.authorize(principal, nodeId);
      await handle({ ...request, principal, sealed: true }, nodeId);
    });
  }

  /** Handles unsealed messages, which third-party agents may send. As over HTTP, they contain a credential if required. The response is unsealed. */
  async #receiveUnsealed(message: Msg, handle: RequestHandler): Promise<unknown> {
    const { subject, data } = message;
    try {
      const nodeId = nodeOf(message);
      const fields = fieldsOf(message);
      const principal = this.#principalIn(fields);
      await this.parts.access.authorize(principal, nodeId);
      const answer: OpenedRequest['respond'] = (status, body, more) => respond(message, status, body, more);
      await handle({ subject, fields, data, principal, sealed: false, respond: answer }, nodeId);
    } catch (error) {
      respondError(message, error);
      return errorAnswerOf(error).isDefect ? error : undefined;
    }
    return undefined;
  }

  #principalIn({ authorization }: Fields): NodePrincipal {
    const { access, demandsBearer } = this.parts;
    if (authorization === undefined && !demandsBearer) return { kind: 'node', via: 'joinToken' };
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    const principal = access.identify(bearer);
    if (principal === undefined)
      throw unauthorized(
        'an unsealed message must contain the join token or the secret of its node as a bearer token',
      );
    return principal;
  }
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
