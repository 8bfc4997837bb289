import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import {
  AGENT_OPERATIONS,
  agentMessage,
  logOpened,
  type AgentInput,
  type NatsOperationName,
} from '#domain/protocol/index.js';
import { createAgentChannel, LONGEST_CHUNK_MS } from '../agent-calls.js';
import type { BearerOf } from '../agent-channel.js';
import { fetchLog } from './fetched-log.js';
import type { NatsLink } from './link.js';
import { callFields } from './message.js';
import { requestOpen, requestSealed, type SealedReply } from './sealed-channel.js';
import { keysOfSecrets } from '../sealed-message.js';
import { isSealedEndpoint, nodeSubjects } from './subjects.js';

export interface NatsAgentChannelOptions {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  /** Returns a node's secret, which seals messages to its agent. */
  readonly secretOf: (nodeId: string) => Promise<string>;
  /** Returns the bearer token for agents that do not seal messages. */
  readonly bearerOf?: BearerOf | undefined;
}

const REMEMBERED_KEYS = 10_000;

/** The NATS channel to agents. Never throws because of the behaviour of an agent or NATS. The caller owns the link. */
export function createNatsAgentChannel({
  link,
  clock,
  requestTimeoutMs,
  secretOf,
  bearerOf,
}: NatsAgentChannelOptions): AgentChannel {
  const keyOf = keysOfSecrets(REMEMBERED_KEYS);
  const call = async <Name extends NatsOperationName>(
    { nodeId, epoch, endpoint }: AgentAddress,
    operation: Name,
    input: AgentInput<Name>,
    timeoutMs: number,
  ): Promise<SealedReply> => {
    const request = {
      link,
      subject: nodeSubjects[AGENT_OPERATIONS[operation].nats.channel](nodeId),
      fields: callFields(epoch),
      body: agentMessage(operation, input),
      timeoutMs,
    };
    if (!isSealedEndpoint(endpoint)) return await requestOpen(request, await bearerOf?.(nodeId));
    return await requestSealed({ ...request, key: keyOf(await secretOf(nodeId)) });
  };

  return createAgentChannel({
    requestTimeoutMs,
    call,
    async openLog(agent, allocation_id, { stream: type, ...query }, signal) {
      const answer = await call(agent, 'openLog', { allocation_id, type, ...query }, requestTimeoutMs);
      const { data } = logOpened.safeParse(answer.body);
      if (answer.status !== 200 || data === undefined) return answer;
      const fetch = { cursor: data.cursor, clock, signal };
      const timeoutMs = Math.max(requestTimeoutMs, LONGEST_CHUNK_MS);
      return {
        chunks: fetchLog({ ...fetch, ask: (operation, input) => call(agent, operation, input, timeoutMs) }),
      };
    },
    close: async () => undefined,
  });
}
