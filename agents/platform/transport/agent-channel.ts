import {
  AGENT_OPERATIONS,
  agentPath,
  COMMAND_OPERATIONS,
  EPOCH_HEADER,
  isProvenEndpoint,
} from '#domain/protocol/index.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { AgentAddress, AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import type { Agent, Dispatcher } from 'undici';
import { createAgentChannel, type AgentCarrier } from './agent-calls.js';
import { jsonIn, MAX_ANSWER_BYTES, readBytes, readJson } from './body.js';
import type { GuardedPoolOptions, GuardedPools } from './guarded-pool.js';
import { OrderProofs, type SecretOf } from './order-proofs.js';
import { deadline } from '../clock/system-clock.js';

/** Returns the bearer token for a node's agent; see `order-token.ts`. */
export type BearerOf = (nodeId: string) => Promise<string>;

export interface HttpAgentChannelOptions extends GuardedPoolOptions {
  readonly requestTimeoutMs: number;
  /** For third-party agents, which expect a Bearer token. */
  readonly bearerOf?: BearerOf | undefined;
  /** For agents that expect a proof with each request. */
  readonly secretOf?: SecretOf | undefined;
}

interface SentRequest {
  readonly path: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * The HTTP channel to agents, both Muster's and third-party ones. It does not follow redirects, limits response sizes and never throws because of an
 * agent's behaviour.
 */
export function createHttpAgentChannel(options: HttpAgentChannelOptions): AgentChannel {
  const { requestTimeoutMs, bearerOf, secretOf } = options;
  const proofs = secretOf && new OrderProofs(secretOf);
  let opened: Promise<GuardedPools> | undefined;
  let closed = false;
  const pools = async (): Promise<GuardedPools> => {
    if (closed) throw new Error('the channel is closed');
    return await (opened ??= openPools(options));
  };

  /** Sends a request with the credential that the agent expects: once more if it must answer another challenge. */
  const send = async (
    { nodeId, epoch, endpoint }: AgentAddress,
    pool: Agent,
    { body, headers, ...request }: SentRequest,
  ): Promise<Dispatcher.ResponseData> => {
    const proving = isProvenEndpoint(endpoint) ? proofs : undefined;
    const sent: Record<string, string> = { ...headers, [EPOCH_HEADER]: String(epoch) };
    const once = async (): Promise<Dispatcher.ResponseData> => {
      const { method, path } = request;
      if (proving !== undefined)
        sent.authorization = await proving.authorize(nodeId, { method, path, headers: sent }, body ?? '');
      else if (!isProvenEndpoint(endpoint) && bearerOf !== undefined)
        sent.authorization = `Bearer ${await bearerOf(nodeId)}`;
      return await pool.request({
        ...request,
        origin: new URL(endpoint).origin,
        headers: sent,
        body: body ?? null,
      });
    };
    const answer = await once();
    if (proving?.mustRepeat(nodeId, answer.statusCode, answer.headers) !== true) return answer;
    await readBytes(answer.body, MAX_ANSWER_BYTES);
    const second = await once();
    proving.mustRepeat(nodeId, second.statusCode, second.headers);
    return second;
  };

  const call: AgentCarrier['call'] = async (agent, operation, input, timeoutMs) => {
    const { method } = AGENT_OPERATIONS[operation].http;
    const { params, query, body } = partsOf(operation, input);
    const { orders, reads, commands } = await pools();
    const pool = isCommand(operation) ? commands : method === 'GET' ? reads : orders;
    const answer = await send(agent, pool, {
      path: `${agentPath(operation, params)}${query}`,
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: deadline(timeoutMs),
    });
    const data = await readBytes(answer.body, MAX_ANSWER_BYTES);
    return { status: answer.statusCode, body: jsonIn(data), data };
  };

  const openLog: AgentCarrier['openLog'] = async (agent, allocation_id, query, signal) => {
    const abort = abortOn(signal);
    // This deadline applies only until the response headers arrive. A followed log has no deadline.
    const head = deadline(requestTimeoutMs);
    const expire = (): void => abort.abort(head.reason);
    head.addEventListener('abort', expire, { once: true });
    try {
      const { logs } = await pools();
      const answer = await send(agent, logs, {
        path: `${agentPath('readLog', { allocation_id })}?${logParameters(query)}`,
        method: AGENT_OPERATIONS.readLog.http.method,
        signal: abort.signal,
      });
      if (answer.statusCode === 200) return { chunks: answer.body };
      return { status: answer.statusCode, body: await readJson(answer.body, MAX_ANSWER_BYTES) };
    } finally {
      head.removeEventListener('abort', expire);
    }
  };

  return createAgentChannel({
    requestTimeoutMs,
    call,
    openLog,
    async close() {
      closed = true;
      const { orders, reads, logs, commands } = (await opened) ?? {};
      await Promise.all([orders, reads, logs, commands].map(async (pool) => await pool?.destroy()));
    },
  });
}

async function openPools(options: HttpAgentChannelOptions): Promise<GuardedPools> {
  const { openGuardedPools } = await import('./guarded-pool.js');
  return openGuardedPools(options);
}

function isCommand(operation: string): boolean {
  return COMMAND_OPERATIONS.some((each) => each === operation);
}

/** Over HTTP, an allocation or the input about a command is the body of the request, and `last` or `kill_timeouts` its query string. All other fields are parameters of the path. */
function partsOf(operation: string, input: object) {
  if (isCommand(operation)) return { params: {}, query: '', body: input };
  const { allocation, last, kill_timeouts, volume, ...params } = input as Readonly<Record<string, unknown>>;
  return {
    params: { ...params, name: volume },
    query:
      last !== undefined
        ? `?last=${String(last)}`
        : kill_timeouts !== undefined
          ? `?kill_timeouts=${encodeURIComponent(JSON.stringify(kill_timeouts))}`
          : '',
    body: allocation,
  };
}

function logParameters(query: LogQuery): string {
  const parameters = new URLSearchParams({ type: query.stream });
  if (query.task !== undefined) parameters.set('task', query.task);
  if (query.follow) parameters.set('follow', 'true');
  if (query.tail !== undefined) parameters.set('tail', String(query.tail));
  for (const name of ['since', 'until', 'timestamps'] as const) {
    const value = query[name];
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.toString();
}

/** Returns an AbortController that aborts when the signal does. */
function abortOn(signal: StopSignal): AbortController {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller;
}
