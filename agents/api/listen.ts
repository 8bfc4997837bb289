import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Agent } from '../app.js';
import type { AgentOptions } from '../agent-options.js';
import { effectiveAccess, HostNames, LocalConnections } from '../platform/listener/index.js';
import { codedLog } from '../platform/log.js';
import type { NodeCredential } from '../platform/node-secret.js';
import { checkEndpoint } from '../platform/transport/endpoint.js';
import { buildApi } from './api.js';
import { OrderProofCheck } from './authorization.js';

export interface AgentAddress {
  /** URL under which servers reach the agent. */
  readonly url: string;
  readonly host: string;
  readonly listener: string;
}

export interface AgentApiParts {
  readonly nodeId: string;
  readonly options: AgentOptions;
  readonly agent: Agent;
  readonly credential: NodeCredential;
  readonly demandsToken: boolean;
  readonly signal: AbortSignal;
}

const MAX_CONNECTIONS = 1024;

export function agentApi({
  nodeId,
  options,
  agent,
  credential,
  demandsToken,
  signal,
}: AgentApiParts): FastifyInstance {
  const { host, allowedHosts, advertisedUrl, localAccess } = options;
  const log = codedLog(options.log);
  const { allocations, queries, reporter } = agent;
  if (!demandsToken && effectiveAccess(localAccess) === 'open') log.warn({ host }, 'agent.local-access-open');
  const api = buildApi({
    nodeId,
    allocations,
    queries,
    log,
    orders: demandsToken ? new OrderProofCheck(() => credential.secret(), options.clock) : undefined,
    names: new HostNames({ listen: host, allowed: allowedHosts, advertised: () => [advertisedUrl] }),
    local: new LocalConnections(localAccess),
    epoch: () => reporter.epoch,
    isReady: () => reporter.registered && !signal.aborted,
  });
  api.server.maxConnections = MAX_CONNECTIONS;
  return api;
}

export async function listen(
  api: FastifyInstance,
  { host, port, advertisedUrl }: Pick<AgentOptions, 'host' | 'port' | 'advertisedUrl'>,
): Promise<AgentAddress> {
  await api.listen({ host, port });
  const { port: chosen } = api.server.address() as AddressInfo;
  const listener = `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
  const url = advertisedUrl ?? listener;
  const problem = checkEndpoint(url);
  if (problem !== undefined) throw new Error(`advertised URL ${url}: ${problem}`);
  return { url, listener, host: new URL(url).hostname.replace(/^\[|\]$/g, '') };
}
