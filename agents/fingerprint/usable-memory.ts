import { totalmem } from 'node:os';

/**
 * Bytes of memory that the agent and what it starts can use together: the machine's, or what a limit on the agent's control group leaves of it, as on a
 * container. `limit` is 0 where nothing is known of one, and larger than the machine where there is none.
 */
export function usableMemory(total = totalmem(), limit = process.constrainedMemory()): number {
  return limit > 0 ? Math.min(total, limit) : total;
}
