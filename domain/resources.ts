import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from './plain-name.js';

/** Registered capacity: non-negative numbers by name, integers for what is scheduled. */
export const nodeResources = z.record(z.string(), z.number().nonnegative());
/** What constraints can name of a node. */
export const nodeAttributes = z.record(z.string().regex(PLAIN_NAME, PLAIN_NAME_RULE), z.union([z.string(), z.number(), z.boolean()]));
export type NodeAttributes = z.infer<typeof nodeAttributes>;

/** The resource of which each run of a task holds some: how many tasks a node runs at once. */
export const SLOTS = 'slots';
/** Of a node of which nobody said anything else. */
export const DEFAULT_SLOTS = 10;
export const MAX_SLOTS = 100_000;

/** How many slots a node has: as an operator said, else as it registered. */
export function slotsOf({ slots, resources }: { readonly slots?: number; readonly resources: Readonly<Record<string, number>> }): number {
  return slots ?? resources[SLOTS] ?? DEFAULT_SLOTS;
}

/** The attribute by which an agent says that it publishes ports that the scheduler chose (`ports` of an order). */
export const ASSIGNS_PORTS = 'docker.assigned_ports';
/** Whether a node says that it can do what the attribute names. Agents that know attributes as texts alone say `"true"`. */
export function hasCapability(attributes: NodeAttributes, attribute: string): boolean {
  const value = attributes[attribute];
  return value === true || value === 'true';
}

/** The attribute by which an agent says that it mounts named volumes, and removes them when told to. */
export const MOUNTS_VOLUMES = 'docker.named_volumes';
