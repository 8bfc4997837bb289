import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AGENT_SCHEME, bodyDigestOf, replySubject } from '#agents/platform/transport/agent-proof.js';
import { seal, SEALED_HEADER, SEALED_VERSION } from '#agents/platform/transport/sealed-message.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  CHALLENGE_HEADER,
  DIGEST_HEADER,
  EPOCH_HEADER,
  LOG_HEADER,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  STATUS_HEADER,
} from '#domain/protocol/index.js';
import { bearerIn, type NodePrincipal } from '#src/accounts/index.js';
import type { NodeAccess, ProvenAgent } from './node-access.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Present if an agent proved its secret instead of sending it. */
    provenAgent: ProvenAgent | undefined;
  }
}

/** Headers of a reply that the agent believes only within the sealed part. */
const SEALED = [
  EPOCH_HEADER,
  DIGEST_HEADER,
  LOG_HEADER,
  SERVER_ENDPOINTS_HEADER,
  NODE_SECRET_HEADER,
] as const;

interface IdentifiedNode {
  readonly principal: NodePrincipal;
  readonly bodyRefusal: ((text: string) => MusterError | undefined) | undefined;
}

/** Returns what recognizes nodes by a proof or by a bearer token. Replies to proofs are sealed. */
export function authenticateNodes(app: FastifyInstance, nodes: NodeAccess) {
  app.decorateRequest('provenAgent', undefined);
  sealProvenReplies(app, nodes);
  return {
    scheme: AGENT_SCHEME,
    identify(request: FastifyRequest): IdentifiedNode | undefined {
      const { method, url: path, headers } = request;
      const proven = nodes.prove({ method, path, headers });
      request.provenAgent = proven;
      if (proven !== undefined)
        return { principal: proven.principal, bodyRefusal: (text) => bodyRefusal(proven, text) };
      const principal = nodes.identify(bearerIn(headers));
      return principal && { principal, bodyRefusal: undefined };
    },
    challenge: () => ({ [CHALLENGE_HEADER]: nodes.challenges.issue() }),
  };
}

/**
 * Seals the replies to requests that prove a secret. Only a server that knows the secret can create such a reply, and only the agent can read it.
 * Errors are sealed too.
 */
function sealProvenReplies(app: FastifyInstance, nodes: NodeAccess): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const { provenAgent, method, url: path, headers } = request;
    if (provenAgent === undefined) {
      done(null, payload);
      return;
    }
    const fields: Record<string, string> = {
      [STATUS_HEADER]: String(reply.statusCode),
      [CHALLENGE_HEADER]: nodes.challenges.issue(),
    };
    for (const name of SEALED) {
      const value = reply.getHeader(name);
      if (value !== undefined) fields[name] = String(value);
    }
    const place = {
      direction: 'reply',
      subject: replySubject({ method, path, headers }),
      id: provenAgent.id,
    } as const;
    const body = Buffer.from(typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : '');
    reply.removeHeader(NODE_SECRET_HEADER);
    reply.removeHeader('content-length');
    reply.header('content-type', 'application/octet-stream').header(SEALED_HEADER, SEALED_VERSION);
    done(null, seal(provenAgent.key, place, { fields, body }));
  });
}

/** Refuses a body that is not the one that the agent's proof covers. */
function bodyRefusal({ body }: ProvenAgent, text: string): MusterError | undefined {
  return bodyDigestOf(text) === body
    ? undefined
    : new MusterError('MUSTER_E_UNAUTHORIZED', {
        problem: 'the body differs from the one that the proof of the agent covers',
      });
}
