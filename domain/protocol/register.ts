import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import { nodeAttributes, nodeResources } from '../kernel/resources.js';

/** `POST /register`. Unknown keys are dropped; additional non-negative numbers in `resources` are retained. */
export const registration = z.object({
  node_id: identifier.meta({
    description: 'The node, as its agent names it. The name stays the same when the agent starts again',
  }),
  ip_address: z
    .string()
    .min(1)
    .max(255)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .meta({ description: 'Where the node is, as text. Constraints can name it' }),
  resources: nodeResources.meta({
    description:
      'What the node offers: `cpu` (1000 is one core), `memory` (MiB), and any other non-negative number under a name of its own, which tasks can ask for',
  }),
  healthy: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether the node is well. One that is not is given nothing new' }),
  endpoint: z.string().max(512).meta({ pattern: '^https?://[^/?#@\\\\\\s]+/?$' }).nullable().optional().meta({
    description:
      "Base URL of the agent's HTTP API: http or https, without a path and credentials, and not link-local. Over NATS it is not used",
  }),
  attributes: nodeAttributes.optional().meta({
    description: 'What constraints can name in addition to `node_id`, `ip_address` and the resources',
  }),
  drivers: z.array(z.string().min(1).max(64).regex(PLAIN_NAME, PLAIN_NAME_RULE)).max(32).optional().meta({
    description:
      'Drivers that the node can run. Absent: it is taken to run `docker` and `exec`, and is given tasks of both',
  }),
});
export type Registration = z.infer<typeof registration>;
