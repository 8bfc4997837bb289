import { totalmem } from 'node:os';

/**
 * Returns the bytes of memory that the agent and its tasks can use together: the machine's, or a lower cgroup limit, as in a container. `limit` is 0
 * if unknown, and larger than the machine if there is none.
 */
export function usableMemory(total = totalmem(), limit = process.constrainedMemory()): number {
  return limit > 0 ? Math.min(total, limit) : total;
}
