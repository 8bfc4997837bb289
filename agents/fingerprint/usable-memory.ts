import { totalmem } from 'node:os';

/**
 * Returns how many bytes of memory are available to the agent and its tasks: the machine's total, or the cgroup limit if it is lower, for example in
 * a container. `limit` is 0 if unknown, and exceeds the total if there is no limit.
 */
export function usableMemory(total = totalmem(), limit = process.constrainedMemory()): number {
  return limit > 0 ? Math.min(total, limit) : total;
}
