import {
  AGENT_OPERATIONS,
  agentPath,
  agentUsage,
  allocationStatus,
  EPOCH_HEADER,
  type HttpOperationName,
} from '#domain/protocol/index.js';
import type { AgentAddress, AgentChannel, LogQuery, UnknownOutcome } from '#domain/protocol/agent-channel.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import {
  errorText,
  historyOutcome,
  MAX_ANSWER_BYTES,
  METRICS_TIMEOUT_MS,
  metricsOutcome,
  problemOf,
  readBytes,
  readJson,
  removalOutcome,
} from './body.js';
import type { GuardedPoolOptions, GuardedPools } from './guarded-pool.js';
import { abortOn, askForLog, type LogAnswer } from './both-streams.js';
import { deadline } from '../clock/system-clock.js';

/** Returns the bearer token for a node's agent; see `order-token.ts`. */
export type BearerOf = (nodeId: string) => Promise<string>;

export interface HttpAgentChannelOptions extends GuardedPoolOptions {
  readonly requestTimeoutMs: number;
  readonly bearerOf?: BearerOf | undefined;
}

interface Parameters {
  readonly params?: Readonly<Record<string, string>>;
  /** Query string, including the question mark. */
  readonly query?: string;
  readonly body?: unknown;
}

/**
 * The HTTP channel to agents, both Muster's and third-party ones. It does not follow redirects, limits response sizes and never throws because of an
 * agent's behaviour. A response that does not show what was done is `unknown`.
 */
export function createHttpAgentChannel(options: HttpAgentChannelOptions): AgentChannel {
  let opened: Promise<GuardedPools> | undefined;
  let closed = false;
  const pools = async (): Promise<GuardedPools> => {
    if (closed) throw new Error('the channel is closed');
    return await (opened ??= openPools(options));
  };
  const authorizationFor = async ({ nodeId }: AgentAddress): Promise<{ authorization?: string }> =>
    options.bearerOf === undefined ? {} : { authorization: `Bearer ${await options.bearerOf(nodeId)}` };

  async function call(
    agent: AgentAddress,
    operation: HttpOperationName,
    { params, query = '', body }: Parameters = {},
  ): Promise<{ status: number; body: unknown } | UnknownOutcome> {
    const { method } = AGENT_OPERATIONS[operation].http;
    try {
      const { orders, reads } = await pools();
      const answer = await (method === 'GET' ? reads : orders).request({
        origin: new URL(agent.endpoint).origin,
        path: `${agentPath(operation, params)}${query}`,
        method,
        headers: {
          ...(await authorizationFor(agent)),
          [EPOCH_HEADER]: String(agent.epoch),
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: deadline(options.requestTimeoutMs),
      });
      return { status: answer.statusCode, body: await readJson(answer.body, MAX_ANSWER_BYTES) };
    } catch (error) {
      return { kind: 'unknown', problem: problemOf(error) };
    }
  }

  async function openLog(
    agent: AgentAddress,
    allocationId: string,
    query: LogQuery,
    signal: StopSignal,
  ): Promise<LogAnswer> {
    const abort = abortOn(signal);
    // This deadline applies only until the response headers arrive. A followed log has no deadline.
    const head = deadline(options.requestTimeoutMs);
    const expire = (): void => abort.abort(head.reason);
    head.addEventListener('abort', expire, { once: true });
    try {
      const { logs } = await pools();
      const answer = await logs.request({
        origin: new URL(agent.endpoint).origin,
        path: `${agentPath('readLog', { allocation_id: allocationId })}?${logParameters(query)}`,
        method: AGENT_OPERATIONS.readLog.http.method,
        headers: { ...(await authorizationFor(agent)), [EPOCH_HEADER]: String(agent.epoch) },
        signal: abort.signal,
      });
      if (answer.statusCode === 200) return { kind: 'found', chunks: answer.body };
      const body = await readJson(answer.body, MAX_ANSWER_BYTES);
      if (answer.statusCode === 404) return { kind: 'absent' };
      if (answer.statusCode === 410) return { kind: 'removed' };
      if (answer.statusCode === 400) return { kind: 'refused', problem: errorText(body, answer.statusCode) };
      return { kind: 'unknown', problem: errorText(body, answer.statusCode) };
    } catch (error) {
      return { kind: 'unknown', problem: problemOf(error) };
    } finally {
      head.removeEventListener('abort', expire);
    }
  }

  return {
    async place(agent, order) {
      const answer = await call(agent, 'place', { body: order });
      if ('kind' in answer) return answer;
      if (answer.status >= 200 && answer.status < 300) return { kind: 'accepted' };
      if (answer.status === 400) return { kind: 'rejected', message: errorText(answer.body, answer.status) };
      return { kind: 'unknown', problem: errorText(answer.body, answer.status) };
    },

    async stop(agent, allocationId) {
      const answer = await call(agent, 'stop', { params: { allocation_id: allocationId } });
      if ('kind' in answer) return answer;
      if (answer.status >= 200 && answer.status < 300) return { kind: 'stopped' };
      if (answer.status === 404) return { kind: 'absent' };
      return { kind: 'unknown', problem: errorText(answer.body, answer.status) };
    },

    async status(agent, allocationId) {
      const answer = await call(agent, 'status', { params: { allocation_id: allocationId } });
      if ('kind' in answer) return answer;
      if (answer.status === 404) return { kind: 'absent' };
      if (answer.status !== 200) return { kind: 'unknown', problem: errorText(answer.body, answer.status) };
      const parsed = allocationStatus.safeParse(answer.body);
      if (!parsed.success) return { kind: 'unknown', problem: 'the response is not an allocation status' };
      if (parsed.data.allocation_id !== allocationId)
        return { kind: 'unknown', problem: `the response is about allocation ${parsed.data.allocation_id}` };
      return { kind: 'found', status: parsed.data };
    },

    async usage(agent) {
      const answer = await call(agent, 'usage');
      if ('kind' in answer) return answer;
      if (answer.status === 404) return { kind: 'absent' };
      const parsed = agentUsage.safeParse(answer.body);
      if (answer.status !== 200 || !parsed.success)
        return {
          kind: 'unknown',
          problem:
            answer.status === 200
              ? 'the response is not a usage report'
              : errorText(answer.body, answer.status),
        };
      return { kind: 'found', usage: parsed.data };
    },

    async usageHistory(agent, allocationId, last) {
      const answer = await call(agent, 'usageHistory', {
        params: { allocation_id: allocationId },
        query: last === undefined ? '' : `?last=${last}`,
      });
      return 'kind' in answer ? answer : historyOutcome(answer, allocationId);
    },

    async removeVolume(agent, name) {
      const answer = await call(agent, 'removeVolume', { params: { name } });
      return 'kind' in answer ? answer : removalOutcome(answer);
    },

    async metrics(agent) {
      try {
        const { reads } = await pools();
        const answer = await reads.request({
          origin: new URL(agent.endpoint).origin,
          path: agentPath('metrics'),
          method: AGENT_OPERATIONS.metrics.http.method,
          headers: { ...(await authorizationFor(agent)), accept: 'application/json' },
          signal: deadline(Math.min(options.requestTimeoutMs, METRICS_TIMEOUT_MS)),
        });
        return metricsOutcome(answer.statusCode, await readBytes(answer.body, MAX_ANSWER_BYTES));
      } catch (error) {
        return { kind: 'unknown', problem: problemOf(error) };
      }
    },

    logs: (agent, allocationId, query, signal) =>
      askForLog(query, signal, async (asked, stop) => await openLog(agent, allocationId, asked, stop)),

    async close() {
      closed = true;
      const { orders, reads, logs } = (await opened) ?? {};
      await Promise.all([orders, reads, logs].map(async (pool) => await pool?.destroy()));
    },
  };
}

async function openPools(options: HttpAgentChannelOptions): Promise<GuardedPools> {
  const { openGuardedPools } = await import('./guarded-pool.js');
  return openGuardedPools(options);
}

function logParameters(query: LogQuery): string {
  const parameters = new URLSearchParams({ type: query.stream });
  if (query.task !== undefined) parameters.set('task', query.task);
  if (query.follow) parameters.set('follow', 'true');
  if (query.tail !== undefined) parameters.set('tail', String(query.tail));
  if (query.since !== undefined) parameters.set('since', String(query.since));
  return parameters.toString();
}
