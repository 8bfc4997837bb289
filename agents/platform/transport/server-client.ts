import { Agent } from 'undici';
import type { z } from 'zod';
import {
  AGENT_PROTOCOL_HEADER,
  AGENT_PROTOCOL_VERSION,
  desiredAllocations,
  DIGEST_HEADER,
  EPOCH_HEADER,
  LOG_HEADER,
  LOG_ID,
  textBlob,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  SERVER_OPERATIONS,
  serverPath,
  type DesiredAllocations,
  type Heartbeat,
  type Registration,
} from '#domain/protocol/index.js';
import { joinTokenOnly, type NodeCredential } from '../node-secret.js';
import { TrustedPeers } from '../listener/trusted-peers.js';
import { CHALLENGED, ProofExchange, type AnswerHeaders, type ProvenAnswer } from './proof-exchange.js';
import { errorText, jsonIn, MAX_ANSWER_BYTES, problemOf, readBytes } from './body.js';
import { checkedConnector } from './checked-connector.js';
import { keysOfSecrets, newMessageId } from './sealed-message.js';
import { addressOfServer } from './server-address.js';
import { deadline } from '../clock/system-clock.js';

export interface ServerClientOptions {
  readonly serverUrl: string;
  readonly joinToken?: string | undefined;
  readonly credential?: NodeCredential;
  readonly requestTimeoutMs: number;
  readonly peers?: TrustedPeers | undefined;
}

export interface ServerAnswer {
  readonly kind: 'ok';
  readonly epoch: number | undefined;
  readonly digest: string | undefined;
  readonly ownParts?: readonly string[] | undefined;
  /** Id of the server's log. */
  readonly log?: string | undefined;
}

/**
 * `reregister`: the server does not have the node, or another registration ended this epoch. `in-use`: another agent, which is up, holds the node id.
 * `refused`: invalid request or credential. `unreachable`: no response, or none from a Muster server.
 */
export type ServerFailure = {
  readonly kind: 'reregister' | 'in-use' | 'refused' | 'unreachable';
  readonly problem: string;
};

export type NoDocument = { readonly kind: 'absent'; readonly problem: string };

export type SentDocument = { readonly kind: 'ok'; readonly text: string };

/** The agent's channel to the server. It never throws because of the behaviour of the server or the network. */
export interface ServerClient {
  register(body: Registration): Promise<ServerAnswer | ServerFailure>;
  heartbeat(body: Heartbeat, epoch: number | undefined): Promise<ServerAnswer | ServerFailure>;
  desired(
    nodeId: string,
    epoch: number,
  ): Promise<{ readonly kind: 'ok'; readonly desired: DesiredAllocations } | ServerFailure>;
  document(nodeId: string, hash: string): Promise<SentDocument | NoDocument | ServerFailure>;
  close(): Promise<void>;
}

type Operation = 'register' | 'heartbeat' | 'desired' | 'document';

interface Parameters {
  readonly params?: Readonly<Record<string, string>>;
  readonly epoch?: number | undefined;
  readonly body?: unknown;
  readonly limit?: number;
  readonly more?: Readonly<Record<string, string>> | undefined;
}

interface Reply extends ProvenAnswer {
  readonly kind: 'ok';
}

const MAX_DESIRED_BYTES = 268_435_456;

export function createServerClient(options: ServerClientOptions): ServerClient {
  const timeout = options.requestTimeoutMs;
  const { origin, prefix, socketPath } = addressOfServer(options.serverUrl);
  const dispatcher = new Agent({
    connections: 4,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    connect: checkedConnector(options.peers ?? new TrustedPeers(), { timeout, socketPath }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const credential = options.credential ?? joinTokenOnly(options.joinToken);

  const keyOf = keysOfSecrets(2);
  const proofs = new ProofExchange();

  async function call(operation: Operation, parameters: Parameters): Promise<Reply | ServerFailure> {
    try {
      const token = credential.token();
      let reply = await send(operation, parameters, token);
      // The challenge has expired, or the agent has none yet.
      if (reply.status === CHALLENGED && token !== undefined)
        reply = await send(operation, parameters, token);
      if (reply.status === 200) return { kind: 'ok', ...reply };
      if (reply.status === 401) credential.doubt();
      return failureIn(operation, reply, token !== undefined);
    } catch (error) {
      return { kind: 'unreachable', problem: problemOf(error) };
    }
  }

  async function send(
    operation: Operation,
    { params, epoch, body, limit = MAX_ANSWER_BYTES, more = {} }: Parameters,
    token: string | undefined,
  ): Promise<ProvenAnswer> {
    const path = serverPath(operation, params);
    const { method } = SERVER_OPERATIONS[operation].http;
    const id = newMessageId();
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = headersOf(operation, { epoch, body, more }, id);
    const request = { method, path, headers };
    const key = token === undefined ? undefined : keyOf(token);
    if (key !== undefined) headers['authorization'] = proofs.authorize(key, request, id, text);
    const answer = await dispatcher.request({
      origin,
      path: prefix + path,
      method,
      headers,
      body: body === undefined ? null : text,
      signal: deadline(timeout),
    });
    const bytes = await readBytes(answer.body, limit);
    const { statusCode: status, headers: outer } = answer;
    if (key === undefined)
      return { status, fields: withoutSecret(outer), body: jsonIn(bytes), sealed: false };
    return proofs.read(key, request, id, { status, headers: outer, bytes });
  }

  async function report(operation: 'register' | 'heartbeat', sent: Parameters) {
    const reply = await call(operation, sent);
    if (reply.kind !== 'ok') return reply;
    return await reportAnswer(reply.fields, credential);
  }

  return {
    register: (body) => report('register', { body }),
    heartbeat: (body, epoch) => report('heartbeat', { epoch, body }),

    async desired(nodeId, epoch) {
      const reply = await call('desired', { params: { node_id: nodeId }, epoch, limit: MAX_DESIRED_BYTES });
      if (reply.kind !== 'ok') return reply;
      const parsed = desiredAllocations.safeParse(reply.body);
      return parsed.success ? { kind: 'ok', desired: parsed.data } : unreadableList(parsed.error);
    },

    async document(nodeId, hash) {
      const reply = await call('document', { params: { node_id: nodeId, hash } });
      if (reply.kind !== 'ok') return withoutDocument(reply);
      const parsed = textBlob.safeParse(reply.body);
      return parsed.success ? { kind: 'ok', text: parsed.data.text } : NO_DOCUMENT;
    },

    async close() {
      await dispatcher.destroy();
    },
  };
}

function headersOf(
  operation: Operation,
  { epoch, body, more }: Parameters,
  id: string,
): Record<string, string> {
  return {
    [AGENT_PROTOCOL_HEADER]: AGENT_PROTOCOL_VERSION,
    ...(epoch === undefined ? {} : { [EPOCH_HEADER]: String(epoch) }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    // A registration that is received twice is one registration.
    ...(operation === 'register' ? { 'idempotency-key': id } : {}),
    ...more,
  };
}

/** Without a credential, a server proves nothing, and issues no secret. */
function withoutSecret(headers: AnswerHeaders): AnswerHeaders {
  return { ...headers, [NODE_SECRET_HEADER]: undefined };
}

/** With a credential, only a server that has proved itself can end a registration. */
function failureIn(
  operation: Operation,
  { status, sealed, body, problem }: ProvenAnswer,
  demandsProof: boolean,
): ServerFailure {
  const kind = failureOf(status, operation === 'register');
  const endsRegistration = kind === 'reregister' || kind === 'in-use';
  return {
    kind: endsRegistration && demandsProof && !sealed ? 'unreachable' : kind,
    problem: problem ?? errorText(body, status),
  };
}

export function unreadableList({ issues }: z.ZodError): ServerFailure {
  const problem = `cannot parse the list of desired allocations: ${issues[0]?.message ?? ''}`;
  return { kind: 'refused', problem };
}

/** Returns the answer to a report from its headers, and keeps a secret that is among them. */
export async function reportAnswer(
  headers: AnswerHeaders,
  credential: NodeCredential,
): Promise<ServerAnswer> {
  const secret = single(headers[NODE_SECRET_HEADER]);
  // A secret that cannot be stored is not used. The join token remains valid.
  if (secret !== undefined) await credential.keep(secret).catch(() => undefined);
  return {
    kind: 'ok',
    epoch: numberIn(headers[EPOCH_HEADER]),
    digest: single(headers[DIGEST_HEADER]),
    ownParts: single(headers[SERVER_ENDPOINTS_HEADER])?.split(','),
    log: logIn(headers[LOG_HEADER]),
  };
}

/**
 * 400 and 404: the node is unknown, because a well-formed report is not refused for any other reason. 409: a different epoch is current, or, for a
 * registration, another agent holds the node id.
 */
export function failureOf(status: number, registers: boolean): ServerFailure['kind'] {
  if (status === 409 && registers) return 'in-use';
  if (status === 400 || status === 404 || status === 409) return 'reregister';
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return 'refused';
  return 'unreachable';
}

/** Maps failures of a document request. The request has no epoch, so a status that otherwise ends the epoch means that the document is missing. */
export function withoutDocument(failure: ServerFailure): NoDocument | ServerFailure {
  return failure.kind === 'reregister' ? { kind: 'absent', problem: failure.problem } : failure;
}

export const NO_DOCUMENT: NoDocument = { kind: 'absent', problem: 'the response is not a document' };

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function logIn(value: string | string[] | undefined): string | undefined {
  const text = single(value);
  return text !== undefined && LOG_ID.test(text) ? text : undefined;
}

function numberIn(value: string | string[] | undefined): number | undefined {
  const text = single(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
