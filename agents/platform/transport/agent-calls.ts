import {
  AGENT_OPERATIONS,
  agentUsage,
  allocationStatus,
  usageHistory,
  volumeRemoval,
} from '#domain/protocol/index.js';
import type {
  AgentInput,
  CommandOperation,
  HttpOperationName,
  NatsOperationName,
} from '#domain/protocol/index.js';
import type {
  AgentAddress,
  AgentChannel,
  CommandOutcome,
  LogOutcome,
  LogQuery,
  UnknownOutcome,
} from '#domain/protocol/agent-channel.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { errorText, METRICS_TIMEOUT_MS, metricsOutcome, problemOf } from './body.js';

/** An agent answers within this time, even if there is no output yet, in milliseconds. */
export const LONGEST_CHUNK_MS = 5_000;

/** Operations that are requested in the same way over HTTP and NATS. */
export type CommonOperation = HttpOperationName & NatsOperationName;

export interface AgentReply {
  readonly status: number;
  readonly body: unknown;
  readonly data: Uint8Array;
}

/** Sends requests to agents over HTTP or NATS. Throws if there is no response, or none that can be read. */
export interface AgentCarrier {
  readonly requestTimeoutMs: number;
  call<Name extends CommonOperation>(
    agent: AgentAddress,
    operation: Name,
    input: AgentInput<Name>,
    timeoutMs: number,
  ): Promise<AgentReply>;
  openLog(
    agent: AgentAddress,
    allocationId: string,
    query: LogQuery,
    signal: StopSignal,
  ): Promise<{ readonly chunks: AsyncIterable<Uint8Array> } | Omit<AgentReply, 'data'>>;
  close(): Promise<void>;
}

/** The channel to agents over a carrier. A response that does not show what was done is `unknown`. */
export function createAgentChannel(carrier: AgentCarrier): AgentChannel {
  const call = async <Name extends CommonOperation, Outcome>(
    agent: AgentAddress,
    operation: Name,
    input: AgentInput<Name>,
    outcomeOf: (reply: AgentReply) => Outcome | undefined,
    timeoutMs = carrier.requestTimeoutMs,
  ): Promise<Outcome | UnknownOutcome> => {
    try {
      const reply = await carrier.call(agent, operation, input, timeoutMs);
      return outcomeOf(reply) ?? unknown(reply);
    } catch (error) {
      return { kind: 'unknown', problem: problemOf(error) };
    }
  };

  return {
    place: (agent, allocation) =>
      call(agent, 'place', { allocation }, ({ status, body }) => {
        if (isSuccess(status)) return { kind: 'accepted' };
        return status === 400 ? { kind: 'rejected', message: errorText(body, status) } : undefined;
      }),

    stop: (agent, allocation_id, kill_timeouts) =>
      call(agent, 'stop', { allocation_id, ...(kill_timeouts && { kill_timeouts }) }, ({ status }) =>
        isSuccess(status) ? { kind: 'stopped' } : absentIf(status === 404),
      ),

    status: (agent, allocation_id) =>
      call(agent, 'status', { allocation_id }, ({ status, body }) => {
        const { data } = allocationStatus.safeParse(body);
        if (status !== 200) return absentIf(status === 404);
        if (data === undefined)
          return { kind: 'unknown', problem: 'the response is not an allocation status' };
        return data.allocation_id === allocation_id
          ? { kind: 'found', status: data }
          : { kind: 'unknown', problem: `the response is about allocation ${data.allocation_id}` };
      }),

    usage: (agent) =>
      call(agent, 'usage', {}, ({ status, body }) => {
        if (status !== 200) return absentIf(status === 404);
        const { data } = agentUsage.safeParse(body);
        return data === undefined
          ? { kind: 'unknown', problem: 'the response is not a usage report' }
          : { kind: 'found', usage: data };
      }),

    usageHistory: (agent, allocation_id, last) =>
      call(agent, 'usageHistory', { allocation_id, last }, ({ status, body }) => {
        const { data } = usageHistory.safeParse(body);
        return status === 200 && data?.allocation_id === allocation_id
          ? { kind: 'found', history: data }
          : absentIf(status === 404);
      }),

    removeVolume: (agent, volume) =>
      call(agent, 'removeVolume', { volume }, ({ status, body }) => {
        const { data } = volumeRemoval.safeParse(body);
        if (status !== 200 || data === undefined) return undefined;
        return { kind: data.gone ? 'gone' : 'held' };
      }),

    metrics: (agent) =>
      call(
        agent,
        'metrics',
        {},
        ({ status, data }) => metricsOutcome(status, data),
        Math.min(carrier.requestTimeoutMs, METRICS_TIMEOUT_MS),
      ),

    logs: (agent, allocationId, query, signal) => openLog(carrier, agent, allocationId, query, signal),

    command: (agent, operation, input) =>
      call(
        agent,
        operation,
        input,
        (reply) => commandOutcome(operation, reply),
        Math.max(carrier.requestTimeoutMs, LONGEST_CHUNK_MS),
      ),

    close: () => carrier.close(),
  };
}

/** Opens a log. What the agent does not say is the outcome, not an error. */
async function openLog(
  carrier: AgentCarrier,
  agent: AgentAddress,
  allocationId: string,
  query: LogQuery,
  signal: StopSignal,
): Promise<LogOutcome> {
  try {
    const reply = await carrier.openLog(agent, allocationId, query, signal);
    if ('chunks' in reply) return { kind: 'found', chunks: reply.chunks };
    if (reply.status === 404) return { kind: 'absent' };
    if (reply.status === 410) return { kind: 'removed' };
    return unknown(reply);
  } catch (error) {
    return { kind: 'unknown', problem: problemOf(error) };
  }
}

function commandOutcome<Name extends CommandOperation>(
  operation: Name,
  { status, body }: AgentReply,
): CommandOutcome<Name> | undefined {
  // With 503, the agent has done nothing. Other failures do not say.
  if (status >= 500 && status !== 503) return undefined;
  if (status !== 200) return { kind: 'refused', status, message: errorText(body, status) };
  const { data } = AGENT_OPERATIONS[operation].nats.answer.safeParse(body);
  // The table pairs each operation with the schema of its answer, which the compiler cannot see.
  return data === undefined ? undefined : { kind: 'done', answer: data as never };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function absentIf(isAbsent: boolean): { readonly kind: 'absent' } | undefined {
  return isAbsent ? { kind: 'absent' } : undefined;
}

function unknown({ body, status }: Omit<AgentReply, 'data'>): UnknownOutcome {
  return { kind: 'unknown', problem: errorText(body, status) };
}
