import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import { isNatsEndpoint } from './nats/subjects.js';

/** Combines the channels: each agent is reached through the one it registered with. Without NATS, agents that registered over it are unreachable. */
export function routeByRegistration(http: AgentChannel, nats: AgentChannel | undefined): AgentChannel {
  const of = (agent: AgentAddress): AgentChannel =>
    isNatsEndpoint(agent.endpoint) ? (nats ?? unreachable) : http;
  return {
    place: (agent, order) => of(agent).place(agent, order),
    stop: (agent, allocationId, killTimeouts) => of(agent).stop(agent, allocationId, killTimeouts),
    status: (agent, allocationId) => of(agent).status(agent, allocationId),
    usage: (agent) => of(agent).usage(agent),
    metrics: (agent) => of(agent).metrics(agent),
    usageHistory: (agent, allocationId, last) => of(agent).usageHistory(agent, allocationId, last),
    removeVolume: (agent, name) => of(agent).removeVolume(agent, name),
    logs: (agent, allocationId, query, signal) => of(agent).logs(agent, allocationId, query, signal),
    command: (agent, operation, input) => of(agent).command(agent, operation, input),
    async close() {
      await Promise.all([http.close(), nats?.close()]);
    },
  };
}

const answer = async () =>
  ({
    kind: 'unknown',
    problem: 'the node registered over NATS, but this server does not use NATS (MUSTER_NATS_URL)',
  }) as const;
const unreachable: AgentChannel = {
  place: answer,
  stop: answer,
  status: answer,
  usage: answer,
  metrics: answer,
  usageHistory: answer,
  removeVolume: answer,
  logs: answer,
  command: answer,
  close: async () => undefined,
};
