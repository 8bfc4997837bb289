import { bodyDigestOf, macOf, ORDER_SCHEME, writeProof } from '#agents/platform/transport/agent-proof.js';
import { channelKeyOf, newMessageId } from '#agents/platform/transport/sealed-message.js';
import { CHALLENGE_HEADER } from '#domain/protocol/index.js';
import { call, type Answer } from './agent.js';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** Returns the header that proves this request to an agent. Asks the agent for its challenge first, as servers do. */
export async function proofFor(secret: string, { method, url, body }: Asked): Promise<string> {
  const key = channelKeyOf(secret);
  const asked = await call(method, url, body, {
    authorization: writeProof({ key: key.name }, ORDER_SCHEME),
  });
  const challenge = asked.headers.get(CHALLENGE_HEADER) ?? '';
  const { pathname, search } = new URL(url);
  const text = body === undefined ? '' : JSON.stringify(body);
  const proof = { key: key.name, challenge, id: newMessageId(), body: bodyDigestOf(text) };
  const request = { method, path: `${pathname}${search}`, headers: {} };
  return writeProof({ ...proof, mac: macOf(key, request, proof, ORDER_SCHEME) }, ORDER_SCHEME);
}

/** Sends a request as a server that knows the secret of the agent's node. */
export async function callProven<T = Record<string, unknown>>(
  secret: string,
  asked: Asked,
): Promise<Answer<T>> {
  const authorization = await proofFor(secret, asked);
  return await call<T>(asked.method, asked.url, asked.body, { authorization });
}
