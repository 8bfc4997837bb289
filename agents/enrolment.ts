import { Agent } from 'undici';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { SERVER_OPERATIONS, serverPath } from '#domain/protocol/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { TrustedPeers } from './platform/listener/trusted-peers.js';
import type { AgentLog } from './platform/log.js';
import { BackOff } from './platform/back-off.js';
import { errorText, MAX_ANSWER_BYTES, problemOf, readJson } from './platform/transport/body.js';
import { checkedConnector } from './platform/transport/checked-connector.js';
import { addressOfServer } from './platform/transport/server-address.js';
import { deadline } from './platform/clock/system-clock.js';

export interface EnrolmentOptions {
  readonly serverUrl: string;
  readonly hostname: string;
  readonly requestTimeoutMs: number;
  readonly peers?: TrustedPeers | undefined;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
}

type Answer =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'refused' | 'unknown'; readonly problem: string };

/**
 * Requests the node id of this machine from the server, and retries until it receives one. Throws if the server rejects the name or the
 * signal aborts.
 */
export async function askNodeId(options: EnrolmentOptions, signal: AbortSignal): Promise<string> {
  const { serverUrl, hostname, requestTimeoutMs, peers = new TrustedPeers(), clock, log } = options;
  const backOff = new BackOff(200, 15_000, options.random);
  const dispatcher = new Agent({
    connect: checkedConnector(peers, {
      timeout: requestTimeoutMs,
      socketPath: addressOfServer(serverUrl).socketPath,
    }),
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      const answer = await ask(dispatcher, options, signal);
      if (answer.kind === 'id') return answer.id;
      if (answer.kind === 'refused')
        throw new Error(`the server rejected the hostname ${JSON.stringify(hostname)}: ${answer.problem}`);
      log.warn({ hostname, problem: answer.problem }, 'agent.enrolment-failed');
      await clock.sleep(backOff.next(), signal);
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function ask(
  dispatcher: Agent,
  { serverUrl, hostname, requestTimeoutMs }: EnrolmentOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const { origin, prefix } = addressOfServer(serverUrl);
  try {
    const { statusCode, body } = await dispatcher.request({
      origin,
      path: prefix + serverPath('enrol'),
      method: SERVER_OPERATIONS.enrol.http.method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ hostname }),
      signal: AbortSignal.any([signal, deadline(requestTimeoutMs)]),
    });
    const answer = await readJson(body, MAX_ANSWER_BYTES);
    if (statusCode !== 201)
      return { kind: isRefusal(statusCode) ? 'refused' : 'unknown', problem: errorText(answer, statusCode) };
    if (
      typeof answer === 'object' &&
      answer !== null &&
      'id' in answer &&
      typeof answer.id === 'string' &&
      IDENTIFIER.test(answer.id)
    )
      return { kind: 'id', id: answer.id };
    return { kind: 'refused', problem: 'its response has no id' };
  } catch (error) {
    return { kind: 'unknown', problem: problemOf(error) };
  }
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
