import { createHash } from 'node:crypto';

/**
 * Digest of a set of allocations: the same for the same ids in any order, another for any other set. Ids suffice,
 * because an allocation's id is made of all that its order depends on (job, version, group, slot, attempt).
 */
export function allocationsDigest(allocationIds: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const id of [...new Set(allocationIds)].sort()) hash.update(id).update('\n');
  return hash.digest('base64url').slice(0, 22);
}
