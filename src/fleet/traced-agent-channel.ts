import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import { inSpan, registeredTracer } from '#src/engine/tracing/index.js';

/** Adds a span for each order and question to an agent. If there is no provider, returns the channel itself. */
export function tracedAgentChannel(channel: AgentChannel): AgentChannel {
  if (registeredTracer() === undefined) return channel;
  const call = <Outcome extends { readonly kind: string }>(
    name: string,
    agent: AgentAddress,
    allocationId: string | undefined,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> =>
    inSpan(
      `agent ${name}`,
      // A saga's commands about an allocation have the allocation's id as their correlation id.
      () => ({
        'muster.node_id': agent.nodeId,
        'muster.epoch': agent.epoch,
        ...(allocationId !== undefined && {
          'muster.correlation_id': allocationId,
          'muster.allocation_id': allocationId,
        }),
      }),
      async (span) => {
        const outcome = await work();
        span?.setAttribute('muster.outcome', outcome.kind);
        return outcome;
      },
    );
  return {
    place: (agent, order) => call('place', agent, order.allocation_id, () => channel.place(agent, order)),
    stop: (agent, allocationId, killTimeouts) =>
      call('stop', agent, allocationId, () => channel.stop(agent, allocationId, killTimeouts)),
    status: (agent, allocationId) =>
      call('status', agent, allocationId, () => channel.status(agent, allocationId)),
    usage: (agent) => call('usage', agent, undefined, () => channel.usage(agent)),
    metrics: (agent) => call('metrics', agent, undefined, () => channel.metrics(agent)),
    usageHistory: (agent, allocationId, last) =>
      call('usageHistory', agent, allocationId, () => channel.usageHistory(agent, allocationId, last)),
    removeVolume: (agent, name) =>
      call('removeVolume', agent, undefined, () => channel.removeVolume(agent, name)),
    logs: (agent, allocationId, query, signal) =>
      call('logs', agent, allocationId, () => channel.logs(agent, allocationId, query, signal)),
    command: (agent, operation, input) =>
      // Only the start has a span: an output that is fetched for hours would have thousands.
      operation === 'openCommand' || operation === 'copyVolume'
        ? call('command', agent, undefined, () => channel.command(agent, operation, input))
        : channel.command(agent, operation, input),
    close: () => channel.close(),
  };
}
