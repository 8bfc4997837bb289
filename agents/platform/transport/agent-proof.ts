import { createHash, createHmac } from 'node:crypto';
import { AGENT_PROTOCOL_HEADER, EPOCH_HEADER } from '#domain/protocol/index.js';
import type { ChannelKey } from './sealed-message.js';

/** Scheme of the `Authorization` header with which an agent proves over HTTP that it knows a secret, without sending it. */
export const AGENT_SCHEME = 'Muster-Agent';

/** Scheme with which a server proves to an agent that it knows the secret of its node. */
export const ORDER_SCHEME = 'Muster-Server';

export type ProofScheme = typeof AGENT_SCHEME | typeof ORDER_SCHEME;

/** Begins the text of a proof, so that what proves an agent to a server never proves a server to an agent. */
const PURPOSES = { [AGENT_SCHEME]: 'http', [ORDER_SCHEME]: 'order' } as const;

/** Headers that the proof covers, in addition to method, path and body. */
const COVERED = [AGENT_PROTOCOL_HEADER, EPOCH_HEADER, 'idempotency-key'] as const;

/** A challenge that the other end sent, or undefined if the header is not one. */
export function challengeIn(header: unknown): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,100}$/.test(header) ? header : undefined;
}

/** A request as both sides see it. `path` includes the query, but no prefix that a proxy strips. */
export interface ProvenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Parameters of the header. Without a challenge, the request only asks for one. */
export interface AgentProof {
  /** Name of the key: `join` or that of a node, as in sealed messages. */
  readonly key: string;
  readonly challenge?: string | undefined;
  /** Random id of the request. The reply is bound to it, and the server accepts it once. */
  readonly id?: string | undefined;
  /** SHA-256 of the body, in base64url. */
  readonly body?: string | undefined;
  readonly mac?: string | undefined;
}

export function bodyDigestOf(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url');
}

/** HMAC-SHA256 over the request and the server's challenge, in base64url. The header's own `mac` is ignored. */
export function macOf(
  { key }: ChannelKey,
  { method, path, headers }: ProvenRequest,
  proof: AgentProof,
  scheme: ProofScheme = AGENT_SCHEME,
): string {
  const covered = COVERED.map((name) => headers[name] ?? '');
  const text = JSON.stringify([method, path, proof.challenge, proof.id, proof.body, ...covered]);
  return createHmac('sha256', key).update(`${PURPOSES[scheme]}\n${text}`).digest('base64url');
}

export function writeProof(proof: AgentProof, scheme: ProofScheme = AGENT_SCHEME): string {
  const parameters = Object.entries(proof).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value as string}`],
  );
  return `${scheme} ${parameters.join(', ')}`;
}

/** Returns undefined if the header uses another scheme. */
export function readProof(
  authorization: string | undefined,
  scheme: ProofScheme = AGENT_SCHEME,
): AgentProof | undefined {
  const [, named, list] = /^([\w-]+) +(.{1,1000})$/.exec(authorization ?? '') ?? [];
  if (list === undefined || named?.toLowerCase() !== scheme.toLowerCase()) return undefined;
  const found = new Map(
    list.split(',').map((parameter) => {
      const [name = '', value = ''] = parameter.trim().split('=', 2);
      return [name, value];
    }),
  );
  return {
    key: found.get('key') ?? '',
    challenge: found.get('challenge'),
    id: found.get('id'),
    body: found.get('body'),
    mac: found.get('mac'),
  };
}

/** Subject of the sealed reply to a request. */
export function replySubject({ method, path }: ProvenRequest): string {
  return `${method} ${path}`;
}
