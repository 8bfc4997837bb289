import { LRUCache } from 'lru-cache';
import { CHALLENGE_HEADER } from '#domain/protocol/index.js';
import {
  bodyDigestOf,
  challengeIn,
  macOf,
  ORDER_SCHEME,
  writeProof,
  type ProvenRequest,
} from './agent-proof.js';
import { CHALLENGED, type AnswerHeaders } from './proof-exchange.js';
import { keysOfSecrets, newMessageId } from './sealed-message.js';

/** Returns the secret of a node. */
export type SecretOf = (nodeId: string) => Promise<string>;

const REMEMBERED_NODES = 10_000;

/**
 * The server's side of the proofs that accompany orders. Any program that listens at the agent's address receives them. Each is valid for one request, and
 * only as an answer to a challenge that the agent issued within the last minute, so nothing else can be ordered with it.
 */
export class OrderProofs {
  readonly #challenges = new LRUCache<string, string>({ max: REMEMBERED_NODES });
  readonly #keyOf = keysOfSecrets(REMEMBERED_NODES);

  constructor(private readonly secretOf: SecretOf) {}

  /** Returns the `Authorization` header. Without a challenge of this agent, it only asks for one. */
  async authorize(nodeId: string, request: ProvenRequest, body: string): Promise<string> {
    const key = this.#keyOf(await this.secretOf(nodeId));
    const challenge = this.#challenges.get(nodeId);
    if (challenge === undefined) return writeProof({ key: key.name }, ORDER_SCHEME);
    const proof = { key: key.name, challenge, id: newMessageId(), body: bodyDigestOf(body) };
    return writeProof({ ...proof, mac: macOf(key, request, proof, ORDER_SCHEME) }, ORDER_SCHEME);
  }

  /** Remembers the agent's next challenge. Returns whether the request must be repeated with it. */
  mustRepeat(nodeId: string, status: number, headers: AnswerHeaders): boolean {
    const challenge = challengeIn(headers[CHALLENGE_HEADER]);
    if (challenge !== undefined) this.#challenges.set(nodeId, challenge);
    return status === CHALLENGED && challenge !== undefined;
  }
}
