import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from './plain-name.js';

export const nodeResources = z.record(z.string(), z.number().nonnegative());
export const nodeAttributes = z.record(
  z.string().regex(PLAIN_NAME, PLAIN_NAME_RULE),
  z.union([z.string(), z.number(), z.boolean()]),
);
/** Attribute: other node ids whose containers are on the node's Docker daemon, separated by spaces. Absent if there are none. */
export const FOREIGN_NODES = 'docker.foreign_nodes';
/** Attribute: GPUs that such containers hold, each as `<UUID>=<node id>`, separated by spaces. Absent if there are none. */
export const FOREIGN_GPUS = 'docker.foreign_gpus';
/** Attribute: other node ids whose processes were on the machine when the agent started and are still running. Absent if there are none. */
export const FOREIGN_PROCESSES = 'exec.foreign_nodes';
/** Attribute: GPUs that such processes hold, as in `docker.foreign_gpus`. */
export const FOREIGN_PROCESS_GPUS = 'exec.foreign_gpus';
export type NodeAttributes = z.infer<typeof nodeAttributes>;

export const SLOTS = 'slots';
export const DEFAULT_SLOTS = 10;
export const MAX_SLOTS = 100_000;

/**
 * The most that one node may claim to have: 10,000 cores, 95 TiB, and so on. Shares of quotas are parts of what all nodes claim, so a node that claims
 * any number would make them meaningless.
 */
export const MAX_CLAIMS: Readonly<Record<string, number>> = {
  cpu: 10_000_000,
  memory: 100_000_000,
  [SLOTS]: MAX_SLOTS,
  gpus: 1024,
};
/**
 * The most of one node that counts in shares of quotas before an operator has confirmed it, by making the node eligible: 512 cores, 4 TiB, 16 GPUs. So a node
 * that claims more than it has raises the shares of all tenants by no more than one large machine does.
 */
const COUNTED_CLAIMS: Readonly<Record<string, number>> = {
  cpu: 512_000,
  memory: 4_194_304,
  [SLOTS]: 1000,
  gpus: 16,
};

type Amounts = Readonly<Record<string, number>>;

/** Returns how much of what a node has counts in shares. `confirmed`: what it claimed when an operator made it eligible. */
export function countedClaim(name: string, amount: number, confirmed: Amounts = {}): number {
  return Math.min(amount, Math.max(COUNTED_CLAIMS[name] ?? Infinity, confirmed[name] ?? 0));
}

/** Returns what an operator confirms by making a node eligible that claims this, if it is more than what counts anyway. */
export function confirmedBy(claim: Amounts = {}): { readonly confirmed?: Amounts } {
  return needsConfirmation(claim, undefined) ? { confirmed: claim } : {};
}

/** Returns whether an operator has to confirm the node's claim before all of it counts. */
export function needsConfirmation(claim: Amounts, confirmed: Amounts | undefined): boolean {
  return Object.entries(claim).some(([name, amount]) => amount > countedClaim(name, amount, confirmed));
}

export const MAX_OTHER_CLAIM = Number.MAX_SAFE_INTEGER;

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

/** Node attribute: the agent copies named volumes to and from archives. */
export const COPIES_VOLUMES = 'docker.copies_volumes';
