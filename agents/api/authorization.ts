import { createHmac, randomBytes } from 'node:crypto';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { Challenges } from '../platform/challenges.js';
import { sameSecret } from '../platform/same-secret.js';
import { macOf, ORDER_SCHEME, readProof, type ProvenRequest } from '../platform/transport/agent-proof.js';
import { HeardMessages, isMessageId, keysOfSecrets } from '../platform/transport/sealed-message.js';

/** Checks that a request comes from a server that knows the secret of this node. */
export class OrderProofCheck {
  readonly #challenges: Challenges;
  readonly #heard = new HeardMessages();
  readonly #keyOf = keysOfSecrets(2);

  constructor(
    private readonly secret: () => string | undefined,
    clock: Pick<Clock, 'now'>,
  ) {
    // The key is new with each start, because the ids of requests that an earlier process received are forgotten.
    const key = randomBytes(32);
    this.#challenges = new Challenges((time) => createHmac('sha256', key).update(time).digest(), clock);
  }

  challenge(): string {
    return this.#challenges.issue();
  }

  /** Returns the SHA-256 that the request's body must have, in base64url. */
  check(request: ProvenRequest): string {
    const secret = this.secret();
    if (secret === undefined) throw refusal('this agent has not joined yet, so it does not accept orders');
    const { authorization } = request.headers;
    const proof = readProof(typeof authorization === 'string' ? authorization : undefined, ORDER_SCHEME);
    if (proof === undefined)
      throw refusal(
        authorization === undefined
          ? `prove that you know the secret of this node (scheme ${ORDER_SCHEME})`
          : `the agent accepts only a proof of its node's secret (scheme ${ORDER_SCHEME})`,
      );
    const { challenge, id, mac = '', body = '' } = proof;
    if (challenge === undefined) throw new MusterError('MUSTER_E_CHALLENGE');
    if (!isMessageId(id) || !sameSecret(macOf(this.#keyOf(secret), request, proof, ORDER_SCHEME), mac))
      throw refusal('the server has a different secret for this node, or the request was altered in transit');
    if (!this.#challenges.isFresh(challenge)) throw new MusterError('MUSTER_E_CHALLENGE');
    if (!this.#heard.isNew(id)) throw refusal('this request was received before');
    return body;
  }
}

export function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}
