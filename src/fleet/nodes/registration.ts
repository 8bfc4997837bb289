import type { Logger } from 'pino';
import { checkEndpoint } from '#agents/platform/transport/endpoint.js';
import { natsEndpoint } from '#agents/platform/transport/nats/subjects.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { addressOfAgent, nodes, type NodeEvent, type NodeState } from '#domain/nodes/node/index.js';
import { provenEndpoint, type Registration } from '#domain/protocol/index.js';
import type { DesiredLists } from './desired.js';
import type { AgentCall, NodeAnswer } from './node-commands.js';
import type { RefusedAgents } from './refused-agents.js';
import { WaitingNodes, type WaitingNodesOptions } from './waiting-nodes.js';

/** What {@link NodeRegistration} needs of a server. */
export interface RegistrationParts extends WaitingNodesOptions {
  readonly clock: Clock;
  readonly refused: Pick<RefusedAgents, 'add'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Returns the servers' endpoints for agents. Default: agents are not told them. */
  readonly ownParts?: () => readonly string[];
  /** Returns the id of the log, which agents put on what they make. Default: they are not told it. */
  readonly logId?: () => Promise<string | undefined>;
}

/** Registers nodes when their agents start. Each registration begins a new epoch. */
export class NodeRegistration {
  readonly #waiting: WaitingNodes;

  constructor(
    private readonly parts: RegistrationParts,
    private readonly desired: Pick<DesiredLists, 'answer'>,
  ) {
    this.#waiting = new WaitingNodes(parts);
  }

  async register(body: Registration, call: AgentCall, context: CommandContext): Promise<NodeAnswer> {
    const { executor, placements, telemetry, clock, ownParts, logId } = this.parts;
    await placements.whenReady();
    const nodeId = body.node_id;
    const registration: Registration = { ...body, ...endpointOf(body, call) };
    const problem =
      call.channel !== 'nats' && typeof body.endpoint === 'string' ? checkEndpoint(body.endpoint) : undefined;
    if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'endpoint', problem });
    const { events, state, position } = await executor.execute(
      nodes,
      nodeId,
      {
        type: 'RegisterNode',
        nodeId,
        registration,
        protocol: call.ours ? 'muster' : 'basic',
        formerEpoch: placements.state.formerEpochs.get(nodeId),
        address: call.from,
        at: clock.now(),
      },
      context,
    );
    this.#refuseSecondAgent(registration, state, events);
    const [event] = events;
    const epoch = event?.type === 'NodeRegistered' ? event.data.epoch : state.epoch;
    telemetry.registered(nodeId, body.resources);
    const answer = await this.desired.answer(nodeId, epoch, position);
    // If the log cannot be read, the registration fails and is repeated: without the id, an agent would mark nothing that it makes.
    const log = call.ours ? await logId?.() : undefined;
    const removal = call.from === undefined ? undefined : await this.#waiting.makeRoom(call.from, context);
    return {
      ...answer,
      ...(call.ours && ownParts !== undefined && { ownParts: ownParts() }),
      ...(log !== undefined && { log }),
      ...(removal !== undefined && { position: removal }),
    };
  }

  /** Throws if the decision about the registration was that another agent holds the node id. */
  #refuseSecondAgent(
    { node_id: nodeId, instance, endpoint = null, ip_address: ipAddress }: Registration,
    { holder }: NodeState,
    events: readonly NodeEvent[],
  ): void {
    if (instance === undefined || holder === undefined || holder.instance === instance) return;
    const fields = { nodeId, address: addressOfAgent({ endpoint, ipAddress }), holder: holder.address };
    this.parts.refused.add(fields);
    if (events.length > 0) this.parts.logger.error({ code: 'nodes.id-in-use', ...fields });
    throw new MusterError('MUSTER_E_NODE_ID_IN_USE', fields);
  }
}

/** Returns the endpoint to record: it shows how the agent is reached. */
function endpointOf(
  { node_id: nodeId, endpoint }: Registration,
  { channel, sealed, expectsProofs }: AgentCall,
): Pick<Registration, 'endpoint'> {
  if (channel === 'nats') return { endpoint: natsEndpoint(nodeId, sealed === true) };
  const isProven = expectsProofs === true && typeof endpoint === 'string';
  return isProven ? { endpoint: provenEndpoint(endpoint) } : {};
}
