import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

export const fleetSettings = section(
  {
    nodeTimeoutSeconds: setting(
      'MUSTER_NODE_TIMEOUT_SECONDS',
      z.coerce.number().positive().max(86_400).default(30),
      'how long a node may go without a heartbeat before it is marked down',
    ),
    heartbeatSeconds: setting(
      'MUSTER_HEARTBEAT_SECONDS',
      z.coerce.number().positive().max(3600).optional(),
      'how often an agent sends a heartbeat when nothing changes',
      { unset: 'a third of the node timeout' },
    ),
    agentRequestTimeoutSeconds: setting(
      'MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS',
      z.coerce.number().positive().max(600).default(10),
      'timeout for requests between servers and agents, in both directions',
    ),
  },
  (given) => ({ ...given, heartbeatSeconds: given.heartbeatSeconds ?? given.nodeTimeoutSeconds / 3 }),
);

export type FleetSettings = SectionValue<typeof fleetSettings>;
