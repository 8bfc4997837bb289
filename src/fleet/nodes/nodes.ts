import { DesiredLists, type DesiredParts } from './desired.js';
import { Heartbeats, type HeartbeatParts } from './heartbeats.js';
import { administerNodes, type AdministrationParts } from './node-administration.js';
import type { NodeCommands } from './node-commands.js';
import { NodeRegistration, type RegistrationParts } from './registration.js';

/** What the commands about nodes need of a server. */
export type NodeCommandsOptions = RegistrationParts & HeartbeatParts & DesiredParts & AdministrationParts;

/**
 * Creates the commands about nodes. Agents register, send heartbeats and fetch the lists of their allocations; operators and surfaces administer nodes.
 */
export function createNodeCommands(options: NodeCommandsOptions): NodeCommands {
  const { placements, telemetry } = options;
  const desired = new DesiredLists(options);
  const registration = new NodeRegistration(options, desired);
  const heartbeats = new Heartbeats(options, desired);
  return {
    async register(body, call, context) {
      return await registration.register(body, call, context);
    },

    async heartbeat(body, call, context) {
      return await heartbeats.take(body, call, context);
    },

    async desired(nodeId, call) {
      return await desired.list(nodeId, call);
    },

    ...administerNodes(options),

    isRegistered(nodeId) {
      return (placements.state.nodes.get(nodeId)?.epoch ?? 0) > 0;
    },

    telemetry(nodeId) {
      const heard = telemetry.of(nodeId);
      return heard === undefined ? undefined : { lastHeartbeat: heard.at, resources: heard.resources };
    },
  };
}
