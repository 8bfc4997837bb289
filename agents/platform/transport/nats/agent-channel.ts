import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentAddress, AgentChannel, LogQuery, UnknownOutcome } from '#domain/protocol/agent-channel.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import {
  agentUsage,
  allocationStatus,
  logOpened,
  type AgentOrder,
  type AgentQuery,
} from '#domain/protocol/index.js';
import type { BearerOf } from '../agent-channel.js';
import { askForLog, type LogAnswer } from '../both-streams.js';
import {
  errorText,
  historyOutcome,
  METRICS_TIMEOUT_MS,
  metricsOutcome,
  problemOf,
  removalOutcome,
} from '../body.js';
import { fetchLog } from './fetched-log.js';
import type { NatsLink } from './link.js';
import { callFields, type Reply } from './message.js';
import { requestOpen, requestSealed, type SealedReply } from './sealed-channel.js';
import { keysOfSecrets } from './sealed-message.js';
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

const LONGEST_CHUNK_MS = 5_000;
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
  const send = async (
    subject: string,
    agent: AgentAddress,
    body: object,
    timeoutMs = requestTimeoutMs,
  ): Promise<SealedReply> => {
    const request = { link, subject, fields: callFields(agent.epoch), body, timeoutMs };
    if (!isSealedEndpoint(agent.endpoint)) return await requestOpen(request, await bearerOf?.(agent.nodeId));
    return await requestSealed({ ...request, key: keyOf(await secretOf(agent.nodeId)) });
  };

  async function call(
    subject: string,
    agent: AgentAddress,
    body: AgentOrder | AgentQuery,
  ): Promise<Reply | UnknownOutcome> {
    try {
      return await send(subject, agent, body);
    } catch (error) {
      return { kind: 'unknown', problem: problemOf(error) };
    }
  }

  const order = (agent: AgentAddress, body: AgentOrder) =>
    call(nodeSubjects.orders(agent.nodeId), agent, body);
  const query = (agent: AgentAddress, body: AgentQuery) =>
    call(nodeSubjects.query(agent.nodeId), agent, body);
  const unknown = ({ body, status }: Reply): UnknownOutcome => ({
    kind: 'unknown',
    problem: errorText(body, status),
  });

  async function openLog(
    agent: AgentAddress,
    allocationId: string,
    { task, stream, follow, tail, since }: LogQuery,
    signal: StopSignal,
  ): Promise<LogAnswer> {
    const opening = {
      query: 'logs',
      allocation_id: allocationId,
      type: stream,
      follow,
      ...(task === undefined ? {} : { task }),
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
    } as const;
    const answer = await query(agent, opening);
    if ('kind' in answer) return answer;
    if (answer.status === 404) return { kind: 'absent' };
    if (answer.status === 410) return { kind: 'removed' };
    if (answer.status === 400) return { kind: 'refused', problem: errorText(answer.body, answer.status) };
    const parsed = logOpened.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return unknown(answer);
    const ask = (body: object) =>
      send(nodeSubjects.query(agent.nodeId), agent, body, Math.max(requestTimeoutMs, LONGEST_CHUNK_MS));
    return { kind: 'found', chunks: fetchLog({ cursor: parsed.data.cursor, clock, signal, ask }) };
  }

  return {
    async place(agent, allocation) {
      const answer = await order(agent, { order: 'place', allocation });
      if ('kind' in answer) return answer;
      if (answer.status === 200) return { kind: 'accepted' };
      return answer.status === 400
        ? { kind: 'rejected', message: errorText(answer.body, answer.status) }
        : unknown(answer);
    },

    async stop(agent, allocationId) {
      const answer = await order(agent, { order: 'stop', allocation_id: allocationId });
      if ('kind' in answer) return answer;
      if (answer.status === 200) return { kind: 'stopped' };
      return answer.status === 404 ? { kind: 'absent' } : unknown(answer);
    },

    async status(agent, allocationId) {
      const answer = await query(agent, { query: 'status', allocation_id: allocationId });
      if ('kind' in answer) return answer;
      if (answer.status === 404) return { kind: 'absent' };
      const parsed = allocationStatus.safeParse(answer.body);
      if (answer.status !== 200 || !parsed.success) return unknown(answer);
      if (parsed.data.allocation_id !== allocationId)
        return { kind: 'unknown', problem: `the response is about allocation ${parsed.data.allocation_id}` };
      return { kind: 'found', status: parsed.data };
    },

    async usage(agent) {
      const answer = await query(agent, { query: 'usage' });
      if ('kind' in answer) return answer;
      const parsed = agentUsage.safeParse(answer.body);
      return answer.status === 200 && parsed.success
        ? { kind: 'found', usage: parsed.data }
        : unknown(answer);
    },

    async usageHistory(agent, allocationId, last) {
      const answer = await query(agent, {
        query: 'usage.history',
        allocation_id: allocationId,
        ...(last !== undefined && { last }),
      });
      return 'kind' in answer ? answer : historyOutcome(answer, allocationId);
    },

    async removeVolume(agent, name) {
      const answer = await query(agent, { query: 'volume.remove', volume: name });
      return 'kind' in answer ? answer : removalOutcome(answer);
    },

    async metrics(agent) {
      try {
        const answer = await send(
          nodeSubjects.query(agent.nodeId),
          agent,
          { query: 'metrics' },
          Math.min(requestTimeoutMs, METRICS_TIMEOUT_MS),
        );
        return metricsOutcome(answer.status, answer.data);
      } catch (error) {
        return { kind: 'unknown', problem: problemOf(error) };
      }
    },

    logs: (agent, allocationId, asked, stop) =>
      askForLog(asked, stop, async (one, signal) => await openLog(agent, allocationId, one, signal)),

    close: async () => undefined,
  };
}
