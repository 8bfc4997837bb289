import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from './plain-name.js';

export const nodeResources = z.record(z.string(), z.number().nonnegative());
export const nodeAttributes = z.record(
  z.string().regex(PLAIN_NAME, PLAIN_NAME_RULE),
  z.union([z.string(), z.number(), z.boolean()]),
);
export type NodeAttributes = z.infer<typeof nodeAttributes>;

export const SLOTS = 'slots';
export const DEFAULT_SLOTS = 10;
export const MAX_SLOTS = 100_000;

export function slotsOf({
  slots,
  resources,
}: {
  readonly slots?: number;
  readonly resources: Readonly<Record<string, number>>;
}): number {
  return slots ?? resources[SLOTS] ?? DEFAULT_SLOTS;
}

/** Node attribute: the agent publishes the ports that the scheduler assigned (`ports` of an order). */
export const ASSIGNS_PORTS = 'docker.assigned_ports';
/** Accepts `"true"`, because some agents can only send attributes as strings. */
export function hasCapability(attributes: NodeAttributes, attribute: string): boolean {
  const value = attributes[attribute];
  return value === true || value === 'true';
}

/** Node attribute: the agent can pull an image without running it (`pull_only` of the docker driver). */
export const PULLS_ONLY = 'docker.pull_only';

/** Node attribute: the agent mounts named volumes and deletes them on request. */
export const MOUNTS_VOLUMES = 'docker.named_volumes';
