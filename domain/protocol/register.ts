import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import { MAX_CLAIMS, MAX_OTHER_CLAIM, nodeAttributes, nodeResources } from '../kernel/resources.js';

/** Id of one run of an agent's program. */
const agentInstance = z.string().min(1).max(64).regex(PLAIN_NAME, PLAIN_NAME_RULE);
/** The number of its own earlier ids that an agent stores and sends. */
export const MAX_EARLIER_INSTANCES = 64;

/** `POST /register`. Unknown keys are dropped; additional non-negative numbers in `resources` are retained. */
export const registration = z.object({
  node_id: identifier.meta({
    description: 'Id of the node, chosen by its agent. It remains the same when the agent restarts',
  }),
  ip_address: z
    .string()
    .min(1)
    .max(255)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .meta({ description: 'Address of the node. Constraints can refer to it' }),
  resources: nodeResources.superRefine(checkClaims).meta({
    description:
      'Resources of the node: `cpu` (1000 is one core, at most 10,000,000), `memory` (MiB, at most 100,000,000), `slots` (at most 100,000), `gpus` (at most 1,024), and any other named non-negative numbers, which tasks can request',
  }),
  healthy: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether the node is healthy. An unhealthy node gets no new allocations' }),
  endpoint: z.string().max(512).meta({ pattern: '^https?://[^/?#@\\\\\\s]+/?$' }).nullable().optional().meta({
    description:
      "Base URL of the agent's HTTP API: http or https, without a path or credentials, and not link-local. Not used over NATS",
  }),
  attributes: nodeAttributes.optional().meta({
    description:
      'Attributes that constraints can refer to, in addition to `node_id`, `ip_address` and the resources',
  }),
  drivers: z.array(z.string().min(1).max(64).regex(PLAIN_NAME, PLAIN_NAME_RULE)).max(32).optional().meta({
    description: 'Drivers that the node supports. If omitted, `docker` and `exec`',
  }),
  instance: agentInstance.optional().meta({
    description:
      "Id of this run of the agent's program. While another run holds the node id and the node is up, a run that is not its successor is refused with 409",
  }),
  earlier_instances: z.array(agentInstance).max(MAX_EARLIER_INSTANCES).optional().meta({
    description:
      'Ids of earlier runs in the same data directory, oldest first. If omitted or empty, the directory is new, and its agent takes over the node id',
  }),
});
export type Registration = z.infer<typeof registration>;

function checkClaims(resources: Readonly<Record<string, number>>, context: z.RefinementCtx): void {
  for (const [name, claimed] of Object.entries(resources)) {
    const most = (Object.hasOwn(MAX_CLAIMS, name) ? MAX_CLAIMS[name] : undefined) ?? MAX_OTHER_CLAIM;
    if (claimed > most)
      context.addIssue({ code: 'custom', path: [name], message: `must be at most ${most}` });
  }
}
