import { createHash } from 'node:crypto';

/**
 * Returns a digest of a set of allocations that does not depend on their order. Ids suffice, because an allocation's id is derived from everything
 * that its order depends on (job, version, group, slot, attempt).
 */
export function allocationsDigest(allocationIds: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const id of [...new Set(allocationIds)].sort()) hash.update(id).update('\n');
  return hash.digest('base64url').slice(0, 22);
}
