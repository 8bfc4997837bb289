import { CHALLENGE_HEADER, STATUS_HEADER } from '#domain/protocol/index.js';
import {
  AGENT_SCHEME,
  bodyDigestOf,
  challengeIn,
  macOf,
  replySubject,
  writeProof,
  type ProvenRequest,
} from './agent-proof.js';
import { jsonIn } from './body.js';
import { SEALED_HEADER, SEALED_VERSION, unseal, type ChannelKey } from './sealed-message.js';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ProvenAnswer {
  readonly status: number;
  readonly fields: AnswerHeaders;
  readonly body: unknown;
  /** Whether the server has proved that it knows the agent's secret. */
  readonly sealed: boolean;
  readonly problem?: string;
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly bytes: Uint8Array;
}

/** Status of a request that must answer a newer challenge. */
export const CHALLENGED = 428;

const OLDER_SERVER =
  'the server accepts only the join token or secret itself, which this agent does not send: upgrade the servers before the agents';

/** The agent's side of the proofs. Any program that listens at the server's address receives its requests, and may send any response. */
export class ProofExchange {
  #challenge: string | undefined;

  /** Returns the `Authorization` header. `id` is new for each request. */
  authorize(key: ChannelKey, request: ProvenRequest, id: string, body: string): string {
    if (this.#challenge === undefined) return writeProof({ key: key.name });
    const proof = { key: key.name, challenge: this.#challenge, id, body: bodyDigestOf(body) };
    return writeProof({ ...proof, mac: macOf(key, request, proof) });
  }

  /** Reads a response. Throws if it claims success without a proof. */
  read(
    key: ChannelKey,
    request: ProvenRequest,
    id: string,
    { status, headers, bytes }: HttpAnswer,
  ): ProvenAnswer {
    if (headers[SEALED_HEADER] === SEALED_VERSION) {
      const opened = unseal(key, { direction: 'reply', subject: replySubject(request), id }, bytes);
      if (opened === undefined)
        throw new Error('the response cannot be opened, so it does not come from a server of this cluster');
      const { fields, body } = opened;
      this.#challenge = fields[CHALLENGE_HEADER] ?? this.#challenge;
      return { status: Number(fields[STATUS_HEADER] ?? 0), fields, body: jsonIn(body), sealed: true };
    }
    if (status === 200)
      throw new Error('the response does not prove that it comes from a server of this cluster');
    if (status === CHALLENGED) this.#challenge = challengeIn(headers[CHALLENGE_HEADER]) ?? this.#challenge;
    const isOlder = status === 401 && !String(headers['www-authenticate']).includes(AGENT_SCHEME);
    return {
      status,
      fields: {},
      body: jsonIn(bytes),
      sealed: false,
      ...(isOlder && { problem: OLDER_SERVER }),
    };
  }
}
