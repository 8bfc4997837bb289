import {
  endedOn,
  heldOn,
  HOUR_MS,
  type AllocationDocument,
  allocations,
} from '#projections/jobs/allocations.js';
import type { ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import { read } from '#src/http/index.js';

const MAX_ENDED = 50;

/**
 * Returns a node's current allocations and the most recent ones that it released in the last hour (at most 50), in order of placement. The number of
 * allocations does not depend on the length of the node's history.
 */
export async function recentAllocations(
  readModels: ReadModels,
  nodeId: string,
  now: number,
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for await (const page of readModels.list(allocations.name, {
    where: { index: 'shown', value: heldOn(nodeId) },
  }))
    found.push(...page);
  const ended: StoredDocument[] = [];
  for (const at of [now, now - HOUR_MS]) {
    if (ended.length >= MAX_ENDED) break;
    const where = { index: 'shown', value: endedOn(nodeId, at) };
    for await (const page of readModels.list(allocations.name, { where, limit: MAX_ENDED, newest: true }))
      ended.push(...page.filter((stored) => isRecent(stored, now)));
  }
  return [...found, ...ended.slice(0, MAX_ENDED)].sort((one, other) =>
    one.created < other.created ? -1 : one.created > other.created ? 1 : 0,
  );
}

function isRecent(stored: StoredDocument, now: number): boolean {
  const { releasedAt } = read<AllocationDocument>(stored);
  return releasedAt !== undefined && releasedAt > now - HOUR_MS;
}
