import { z } from 'zod';
import { identifier } from '../identifier.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';
import { nodeAttributes, nodeResources } from '../resources.js';

/** `POST /register`. Extra keys are let through and dropped; extra non-negative numbers in `resources` are kept. */
export const registration = z.object({
  node_id: identifier,
  ip_address: z.string().min(1).max(255).regex(PLAIN_NAME, PLAIN_NAME_RULE),
  resources: nodeResources,
  healthy: z.boolean().default(true),
  /** Base URL of the agent's API: http(s), no path, no credentials, not link-local. */
  endpoint: z.string().max(512).meta({ pattern: '^https?://[^/?#@\\\\\\s]+/?$' }).nullable().optional(),
  /** What constraints can name in addition to `node_id`, `ip_address` and the resources. */
  attributes: nodeAttributes.optional(),
  /** Drivers that the node can run. Absent: docker and exec. */
  drivers: z.array(z.string().min(1).max(64).regex(PLAIN_NAME, PLAIN_NAME_RULE)).max(32).optional(),
});
export type Registration = z.infer<typeof registration>;
