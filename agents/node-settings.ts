import { isIP } from 'node:net';
import { z } from 'zod';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { amounts, commaSeparated, pairs, port } from '#domain/kernel/settings/kinds.js';
import { section, setting } from '#domain/kernel/settings/section.js';
import { isSocketUrl } from './platform/transport/server-address.js';
import { hostname } from '#domain/nodes/enrolment/hostname.js';

const ipAddress = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1');

const httpUrl = z.url({ protocol: /^https?$/ });
const socketUrl = z.string().refine(isSocketUrl);
const nodeId = z.string().regex(IDENTIFIER, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,99}');

export const nodeSettings = section(
  {
    agentHost: setting(
      'MUSTER_AGENT_HOST',
      z.string().min(1).default('127.0.0.1'),
      'address that an agent listens on',
    ),
    agentPort: setting(
      'MUSTER_AGENT_PORT',
      port.default(0),
      'port that an agent listens on; 0 chooses a free port',
    ),
    publishHost: setting(
      'MUSTER_PUBLISH_HOST',
      ipAddress.optional(),
      'IP address of the node on which ports of containers are published, such as `127.0.0.1`',
      { unset: 'unset: loopback if the agent listens there, otherwise all addresses' },
    ),
    agentUrl: setting('MUSTER_AGENT_URL', httpUrl.optional(), 'URL that an agent advertises', {
      unset: 'unset: derived from host and port',
    }),
    agentAttributes: setting(
      'MUSTER_AGENT_ATTRIBUTES',
      pairs.optional(),
      'attributes of this node for constraints: `disk=ssd,rack=r1`',
    ),
    /** Resources to register in addition to, or instead of, the detected ones. */
    agentResources: setting(
      'MUSTER_AGENT_RESOURCES',
      amounts.optional(),
      'resources that replace or extend those of the machine: `memory=4096,slots=8`',
    ),
    nodeId: setting(
      'MUSTER_NODE_ID',
      nodeId.optional(),
      "the node's id, instead of one that is generated once and stored",
    ),
    nodeHostname: setting(
      'MUSTER_NODE_HOSTNAME',
      hostname.optional(),
      "hostname of this machine. The server assigns the node id by hostname, so the same hostname always gets the same id. If you use it, set it before the agent's first start",
    ),
    serverUrl: setting(
      'MUSTER_SERVER_URL',
      z.union([httpUrl, socketUrl], 'must be a URL such as https://muster.example, or unix:/path').optional(),
      'URL of the server that an agent joins and that the commands connect to, or `unix:` and the path of its socket',
      { unset: 'unset; the commands use `http://127.0.0.1:8080`' },
    ),
    serverUsers: setting(
      'MUSTER_SERVER_USER',
      commaSeparated.optional(),
      'users of this machine, in addition to root and the own one, to whose programs servers, agents and commands send credentials without TLS: names or uids, or `*` for all ([why](#who-listens))',
    ),
  },
  (given) => ({
    ...given,
    agentAttributes: given.agentAttributes ?? {},
    agentResources: given.agentResources ?? {},
  }),
);
